# Publishes to itself at every QoS and retained, in the version it is given, and leaves when it has seen everything.
import sys

import paho.mqtt.client as mqtt

port, version = int(sys.argv[1]), sys.argv[2]
protocol = {"3.1": mqtt.MQTTv31, "3.1.1": mqtt.MQTTv311, "5.0": mqtt.MQTTv5}[version]
wanted = 5
seen = []


def on_connect(client, userdata, flags, rc, properties=None):
    print("connected", rc)
    client.subscribe([("paho/#", 2)])


def on_subscribe(client, userdata, mid, granted, properties=None):
    for qos in (0, 1, 2):
        client.publish("paho/%d" % qos, "message %d" % qos, qos=qos)
    client.publish("paho/kept", "kept", qos=2, retain=True)
    client.publish("paho/large", "x" * 100000, qos=2)


def on_message(client, userdata, msg):
    text = msg.payload.decode()
    print(msg.topic, "qos", msg.qos, text if len(text) < 100 else len(text))
    seen.append(msg.topic)
    if len(seen) == wanted:
        client.disconnect()


def on_disconnect(client, userdata, rc, properties=None):
    print("disconnected", rc)


try:
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION1, "paho-%s" % version, protocol=protocol)
except AttributeError:
    client = mqtt.Client("paho-%s" % version, protocol=protocol)
client.on_connect = on_connect
client.on_subscribe = on_subscribe
client.on_message = on_message
client.on_disconnect = on_disconnect
client.connect("127.0.0.1", port, 60)
client.loop_forever()
