/** Section 3.2: CONNACK. */

export const connack: string = `
[MQTT-3.2.0-2] there is one CONNACK
a connects
a quiet
a > publish topicName="~/t" qos=1 packetId=1
a < puback packetId=1
a quiet

[MQTT-3.2.2-1] [MQTT311-3.2.2-1] the Connect Acknowledge Flags of a new session are 0
4: a > connect
4: a < 20 02 00 00
5: a > connect
5: a < connack sessionPresent=0

[MQTT-3.2.2-1] the reserved Connect Acknowledge Flags of a session that is carried on are 0
a connects cleanStart=0 sessionExpiryInterval=100
a leaves
a > connect cleanStart=0
a < connack sessionPresent=1

[MQTT311-3.2.2-2] CONNACK of a session that is carried on, byte by byte
a connects cleanStart=0
a leaves
a > connect cleanStart=0
a < 20 02 01 00

[MQTT-3.2.2-6] [MQTT-3.2.2-7] [MQTT-4.13.2-1] a CONNACK that refuses has Session Present 0, and the connection is closed
a connects clientId="~x" cleanStart=0 sessionExpiryInterval=100
a leaves
b > connect clientId="~x" cleanStart=0 authenticationMethod="~no such method"
b < connack reasonCode=0x8c|0x87|0x80|0x82|0x83 sessionPresent=0 or closed
b closed

[MQTT311-3.2.2-4] [MQTT311-3.2.2-5] a CONNACK that refuses has Session Present 0, and the connection is closed
a > connect clientId="" cleanStart=0
a < 20 02 00 02
a closed

[MQTT-3.2.2-8] [MQTT-3.1.4-5] a CONNACK that accepts has Reason Code 0
a > connect
a < connack reasonCode=0

[MQTT-3.2.2-10] SUBSCRIBE may ask for any QoS
a connects
a > subscribe packetId=1 topicFilter="~/0" qos=0 topicFilter="~/1" qos=1 topicFilter="~/2" qos=2
a < suback packetId=1 reasonCodes=0,0|1,0|1|2

[MQTT-3.2.2-22] without a Keep Alive of the server the client's counts
slow
needs serverKeepAlive=0
a connects keepAlive=3
wait 3.5
a quiet

[3.2.2.3.2] a client that wants its session kept longer than the server keeps it is told
a > connect sessionExpiryInterval=4294967295
a < connack sessionExpiryInterval=-|$given

[3.2.2.3.6] a packet larger than the server's Maximum Packet Size ends the connection
needs maximumPacketSize<=10000000
a connects
// The fixed header alone says it.
a > 30 ff ff ff 7f 0001 'x'
a closed 0x95 0x81 0x82

[MQTT-3.2.2-17] [MQTT-3.3.2-9] a Topic Alias above the server's maximum
needs topicAliasMaximum<=65534
a connects
a > publish topicName="~/t" topicAlias=$topicAliasMaximum+1
a closed 0x94 0x82

[MQTT-3.2.2-18] a Topic Alias where the server's maximum is absent
needs topicAliasMaximum=0
a connects
a > publish topicName="~/t" topicAlias=1
a closed 0x94 0x82

[MQTT-3.3.2-12] every Topic Alias up to the server's maximum is accepted
needs topicAliasMaximum>=1 topicAliasMaximum<=1000
a connects
a subscribes topicFilter="~/#"
repeat $topicAliasMaximum $i: a > publish topicName="~/t" topicAlias=$i payload="set"
repeat $topicAliasMaximum $i: a < publish topicName="~/t" payload="set"
repeat $topicAliasMaximum $i: a > publish topicName="" topicAlias=$i payload="used"
repeat $topicAliasMaximum $i: a < publish topicName="~/t" payload="used"
`
