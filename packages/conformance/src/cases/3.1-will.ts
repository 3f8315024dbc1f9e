/** Sections 3.1.2.5 to 3.1.2.7 and 3.1.3.2: the Will. */

export const will: string = `
[MQTT-3.1.2-7] [MQTT-3.1.2-8] [MQTT311-3.1.2-8] a Will is published when the connection breaks
w connects
w subscribes topicFilter="~/w" qos=2
a connects will.topicName="~/w" will.payload="gone"
a cut
w < publish topicName="~/w" payload="gone" qos=0 retain=0

[MQTT-3.1.2-8] [MQTT311-3.1.2-8] a Will is published when the client breaks the protocol
w connects
w subscribes topicFilter="~/w"
a connects will.topicName="~/w" will.payload="gone"
a > 00 00
a closed 0x81 0x82
w < publish topicName="~/w" payload="gone"

[MQTT-3.1.2-8] [MQTT311-3.1.2-8] a Will is published when another connection takes the Client Identifier
w connects
w subscribes topicFilter="~/w"
a connects clientId="~x" will.topicName="~/w" will.payload="gone"
b connects clientId="~x"
a closed 0x8e
w < publish topicName="~/w" payload="gone"

[3.1.2.5] DISCONNECT with Will Message publishes the Will
w connects
w subscribes topicFilter="~/w"
a connects will.topicName="~/w" will.payload="gone"
a leaves reasonCode=0x04
w < publish topicName="~/w" payload="gone"

[MQTT-3.1.2-10] [MQTT-3.14.4-3] [MQTT311-3.1.2-10] [MQTT311-3.14.4-3] DISCONNECT deletes the Will
w connects
w subscribes topicFilter="~/w"
a connects will.topicName="~/w" will.payload="gone"
a leaves
w quiet

[MQTT-3.1.2-10] [MQTT311-3.1.2-10] a Will is published once
w connects
w subscribes topicFilter="~/w"
a connects cleanStart=0 sessionExpiryInterval=100 will.topicName="~/w" will.payload="gone"
a cut
w < publish topicName="~/w" payload="gone"
a connects cleanStart=0
a cut
b connects
b > publish topicName="~/w" payload="nothing before this"
w < publish topicName="~/w" payload="nothing before this"

[MQTT-3.1.2-12] [MQTT311-3.1.2-14] a Will at QoS 1
w connects
w subscribes topicFilter="~/w" qos=2
a connects will.topicName="~/w" will.qos=1 will.payload="gone"
a cut
w < publish topicName="~/w" qos=1 payload="gone"

[MQTT-3.1.2-12] [MQTT311-3.1.2-14] a Will at QoS 2
needs maximumQoS=2
w connects
w subscribes topicFilter="~/w" qos=2
a connects will.topicName="~/w" will.qos=2 will.payload="gone"
a cut
w < publish topicName="~/w" qos=2 payload="gone"

[MQTT311-3.1.2-12] without Will Flag nothing is published
w connects
w subscribes topicFilter="~/#"
a connects
a cut
b connects
b > publish topicName="~/t" payload="nothing before this"
w < publish payload="nothing before this"

[MQTT-3.1.2-14] [MQTT311-3.1.2-16] a Will without Will Retain is not retained
w connects
w subscribes topicFilter="~/w"
a connects will.topicName="~/w" will.payload="gone"
a cut
w < publish topicName="~/w" payload="gone" retain=0
b connects
b subscribes topicFilter="~/w"
b quiet

[MQTT-3.1.2-15] [MQTT311-3.1.2-17] a Will with Will Retain is retained
needs retainAvailable=1
w connects
w subscribes topicFilter="~/w"
a connects will.topicName="~/w" will.payload="gone" will.retain
a cut
w < publish topicName="~/w" payload="gone"
b connects
b subscribes topicFilter="~/w"
b < publish topicName="~/w" payload="gone" retain=1

[MQTT-3.1.2-8] [MQTT311-3.1.2-8] a Will of no bytes is published
w connects
w subscribes topicFilter="~/w"
a connects will.topicName="~/w" will.payload=""
a cut
w < publish topicName="~/w" payload=""

[MQTT-3.1.3-9] [MQTT-3.1.2-8] a client that comes back within the Will Delay Interval has no Will published
slow
w connects
w subscribes topicFilter="~/w"
a connects cleanStart=0 sessionExpiryInterval=100 will.topicName="~/w" will.payload="gone" will.willDelayInterval=2
a cut
wait 0.5
a connects cleanStart=0 sessionExpiryInterval=100
wait 3
w quiet

[MQTT-3.1.2-8] the Will comes after the Will Delay Interval
slow
w connects
w subscribes topicFilter="~/w"
a connects sessionExpiryInterval=100 will.topicName="~/w" will.payload="gone" will.willDelayInterval=2
a cut
wait 0.5
w quiet
wait 3
w < publish topicName="~/w" payload="gone"

[MQTT-3.1.2-8] a Will does not wait longer than its session lives
slow
w connects
w subscribes topicFilter="~/w"
a connects sessionExpiryInterval=1 will.topicName="~/w" will.payload="gone" will.willDelayInterval=60
a cut
wait 3
w < publish topicName="~/w" payload="gone"

[MQTT-3.1.2-8] a session that ends with its connection publishes its Will at once
w connects
w subscribes topicFilter="~/w"
a connects will.topicName="~/w" will.payload="gone" will.willDelayInterval=60
a cut
w < publish topicName="~/w" payload="gone"

[MQTT-3.1.2-8] Clean Start ends the session and so publishes a Will that waits
w connects
w subscribes topicFilter="~/w"
a connects sessionExpiryInterval=100 will.topicName="~/w" will.payload="gone" will.willDelayInterval=60
a leaves reasonCode=0x04
a connects cleanStart=1
w < publish topicName="~/w" payload="gone"

[MQTT-3.1.3-10] [3.1.3.2] the properties of a Will travel with it, User Properties in their order
w connects
w subscribes topicFilter="~/w"
a connects will.topicName="~/w" will.payload="gone" will.payloadFormatIndicator=1 will.contentType="text/plain" will.responseTopic="~/r" will.correlationData=hex:00ff10 will.userProperty="b=1" will.userProperty="a=2" will.userProperty="b=1"
a cut
w < publish topicName="~/w" payloadFormatIndicator=1 contentType="text/plain" responseTopic="~/r" correlationData=hex:00ff10 userProperty="b=1" userProperty="a=2" userProperty="b=1" willDelayInterval=-

[3.1.3.2.4] a Will with Message Expiry Interval says what is left of it
w connects
w subscribes topicFilter="~/w"
a connects will.topicName="~/w" will.payload="gone" will.messageExpiryInterval=60
a cut
w < publish topicName="~/w" messageExpiryInterval=60|59|58

[3.1.3.2.2] Will Delay Interval twice
a > connect will.topicName="~/w" will.willDelayInterval=1 will.willDelayInterval=1
a closed 0x82 0x81

[3.1.3.3] a Will Topic with a wildcard
a > connect will.topicName="~/+" will.payload="gone"
a closed 0x90 0x81 0x82

[3.1.3.3] [MQTT-4.7.3-1] [MQTT311-4.7.3-1] an empty Will Topic
a > connect will.topicName="" will.payload="gone"
a closed 0x90 0x81 0x82

[MQTT-3.1.2-15] [MQTT311-3.1.2-17] a retained Will of no bytes removes the retained message
needs retainAvailable=1
b connects
b > publish topicName="~/w" retain qos=1 packetId=1 payload="alive"
b < puback packetId=1
b subscribes topicFilter="~/w"
b < publish payload="alive" retain=1
a connects will.topicName="~/w" will.payload="" will.retain
a cut
b < publish topicName="~/w" payload=""
c connects
c subscribes topicFilter="~/w"
c quiet

[MQTT-3.1.3-9] a client that takes its own session over has no Will published while its delay runs
w connects
w subscribes topicFilter="~/w"
a connects clientId="~x" cleanStart=0 sessionExpiryInterval=100 will.topicName="~/w" will.payload="gone" will.willDelayInterval=60
b connects clientId="~x" cleanStart=0 sessionExpiryInterval=100
a closed 0x8e
w quiet

[MQTT-3.8.4-8] [MQTT311-3.8.4-6] a Will comes at the lower QoS of its own and the subscription's
w connects
w subscribes topicFilter="~/w" qos=1
a connects will.topicName="~/w" will.qos=2 will.payload="gone"
a cut
w < publish topicName="~/w" qos=1 payload="gone"

[MQTT-3.1.2-8] [MQTT311-3.1.2-8] a Will waits for a subscriber that is away
w connects cleanStart=0 sessionExpiryInterval=100
w subscribes topicFilter="~/w" qos=1
w leaves
a connects will.topicName="~/w" will.qos=1 will.payload="gone"
a cut
b connects clientId="~a"
w connects cleanStart=0
w < publish topicName="~/w" qos=1 payload="gone"
`
