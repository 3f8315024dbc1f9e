# A lamp that listens: connects, subscribes once connected, and prints what it is told. Works with paho-mqtt 1.x and 2.x.
import sys

import paho.mqtt.client as mqtt


def on_connect(client, userdata, flags, rc):
    print("connected with result code", rc)
    client.subscribe("house/bulb1")


def on_subscribe(client, userdata, mid, granted_qos):
    print("subscribed")


def on_message(client, userdata, msg):
    print(msg.topic + " " + str(msg.payload))


try:
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION1)  # 2.x
except AttributeError:
    client = mqtt.Client()  # 1.x
client.on_connect = on_connect
client.on_subscribe = on_subscribe
client.on_message = on_message
client.connect("127.0.0.1", int(sys.argv[1]), 60)
client.loop_forever()
