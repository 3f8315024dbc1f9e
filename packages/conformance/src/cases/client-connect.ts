/** A client under test: CONNECT and CONNACK, keep-alive, DISCONNECT, and what it must not take from a server. */

export const clientConnect: string = `
[MQTT-3.1.0-1] [MQTT311-3.1.0-1] [MQTT-3.1.2-1] the first packet is CONNECT, with the Protocol Name MQTT
role client
do connect clientId="~c"
4: s < 10 { 0004 'MQTT' 04 02 003c "~c" }
5: s < connect clientId="~c" protocolVersion=5

[MQTT-3.1.2-11] [MQTT-3.1.2-13] [MQTT-3.1.2-16] [MQTT-3.1.2-18] [MQTT311-3.1.2-11] [MQTT311-3.1.2-13] [MQTT311-3.1.2-15] [MQTT311-3.1.2-18] [MQTT311-3.1.2-20] without Will, User Name and Password their flags are 0
role client
do connect
s < connect will=- userName=- password=-

[MQTT-3.1.2-9] [MQTT-3.1.2-17] [MQTT-3.1.2-19] [MQTT-3.1.3-1] [MQTT-3.1.3-3] [MQTT-3.1.3-4] [MQTT-3.1.3-11] [MQTT-3.1.3-12] [MQTT311-3.1.2-9] [MQTT311-3.1.2-19] [MQTT311-3.1.2-21] [MQTT311-3.1.3-1] [MQTT311-3.1.3-3] [MQTT311-3.1.3-4] [MQTT311-3.1.3-10] [MQTT311-3.1.3-11] Will, User Name and Password stand where they belong
role client
do connect will.topicName="~/w" will.payload="gone" will.qos=1 will.retain userName="user" password="secret" keepAlive=60
4: s < 10 { 0004 'MQTT' 04 ee 003c "~c" "~/w" "gone" "user" "secret" }
5: s < connect userName="user" password="secret" keepAlive=60

[MQTT-3.1.2-12] [MQTT311-3.1.2-14] the flags of a Will at QoS 2
role client
in 4
do connect will.topicName="~/w" will.payload="gone" will.qos=2 keepAlive=60
s < 10 { 0004 'MQTT' 04 16 003c "~c" "~/w" "gone" }

[MQTT-3.1.2-12] a Will at QoS 2 in 5.0
role client
do connect will.topicName="~/w" will.payload="gone" will.qos=2
s < connect will=*

[MQTT-3.1.2-20] [MQTT311-3.1.2-23] a client with nothing to say sends PINGREQ
role client
slow
do connect keepAlive=10
s welcomes
wait 10
s < c0 00
s > pingresp
wait 10
s < c0 00

[MQTT-3.1.2-21] [MQTT-3.2.2-21] the Keep Alive of the server counts
role client
slow
do connect keepAlive=100
s welcomes serverKeepAlive=5
wait 5
s < pingreq

[MQTT-3.1.2-4] [MQTT311-3.1.2-6] Clean Start is said
role client
do connect cleanStart=1
s < connect cleanStart=1

[MQTT-3.1.2-5] [MQTT311-3.1.2-4] [MQTT-3.1.3-2] [MQTT311-3.1.3-2] a client that has a session asks for it, under its Client Identifier
role client
slow
do connect cleanStart=0 sessionExpiryInterval=100
s < connect cleanStart=0 clientId=$id
s > connack
s cut
wait 5
s < connect cleanStart=0 clientId=$id

[MQTT311-3.1.3-7] an empty Client Identifier comes with Clean Session 1, or not at all
role client
do connect clientId="" cleanStart=1
s < connect cleanStart=1

[MQTT-3.2.2-4] Session Present where there is no session
role client
do connect cleanStart=1
s < connect
s > connack sessionPresent=1
s closed 0x82

[MQTT-3.2.2-5] a session that the server has lost is discarded
role client
slow
do connect cleanStart=0 sessionExpiryInterval=100
s welcomes
do publish topicName="~/t" qos=2 payload="x"
s < publish packetId=$p
s > pubrec packetId=$p
s < pubrel packetId=$p
s cut
wait 5
s welcomes sessionPresent=0
// No PUBREL of the session that was lost.
s <? publish payload="x" dup=0
s quiet

[MQTT-3.2.2-1] a CONNACK with reserved flags
role client
do connect
s < connect
4: s > 20 02 02 00
5: s > 20 { 02 00 00 }
s closed 0x81 0x82

[MQTT-4.13.2-1] [MQTT-3.2.2-7] a CONNACK that refuses is the end
role client
do connect
s < connect
4: s > 20 02 00 05
5: s > connack reasonCode=0x87
s closed

[MQTT-3.2.0-1] a packet before CONNACK
role client
do connect
s < connect
s > publish topicName="~/t" qos=1 packetId=1
s closed 0x82

[MQTT-3.2.0-2] a second CONNACK
role client
do connect
s welcomes
s > connack
s closed 0x82

[MQTT-3.1.2-30] [MQTT-4.12.0-7] a client without Authentication Method sends no AUTH, and takes none
role client
do connect
s < connect authenticationMethod=-
s > connack
s > auth reasonCode=0x18 authenticationMethod="m"
s closed 0x82

[MQTT-3.14.4-1] [MQTT-3.14.4-2] [MQTT-3.14.2-1] [MQTT311-3.14.4-1] [MQTT311-3.14.4-2] after DISCONNECT the client closes
role client
do connect
s welcomes
s quiet
do disconnect
s < disconnect reasonCode=0
s < closed

[MQTT-3.14.1-1] a DISCONNECT of the server with reserved flags
role client
do connect
s welcomes
s > disconnect first=0xe1
s closed 0x81

[MQTT-3.14.2-1] a DISCONNECT of the server with a Reason Code that DISCONNECT does not have
role client
do connect
s welcomes
s > disconnect reasonCode=0x10
s closed 0x81 0x82

[MQTT-4.13.2-1] a DISCONNECT of the server with a failure ends the connection
role client
do connect
s welcomes
s > disconnect reasonCode=0x8b
s closed

[MQTT-3.14.2-3] [MQTT-3.14.2-4] a DISCONNECT of the client fits the server's Maximum Packet Size
role client
do connect
s welcomes maximumPacketSize=20
s > publish topicName="~/t" topicAlias=0
s <? disconnect reasonString=- userProperty=-
s closed

[MQTT-3.15.1-1] an AUTH of the server with reserved flags
role client
do connect
s welcomes
s > auth first=0xf1 reasonCode=0x18 authenticationMethod="m"
s closed 0x81 0x82

[MQTT-3.15.2-1] an AUTH of the server with a Reason Code that AUTH does not have
role client
do connect
s welcomes
s > auth reasonCode=0x80 authenticationMethod="m"
s closed 0x81 0x82

[MQTT-4.13.1-1] [MQTT311-4.8.0-1] [MQTT-2.1.3-1] [MQTT311-2.2.2-2] [MQTT311-2.2.2-1] a packet of the server that cannot be read
role client
do connect
s welcomes
s > pingresp first=0xd1
s closed 0x81

[MQTT-1.5.5-1] a Remaining Length of five bytes
role client
do connect
s welcomes
s > 30 80 80 80 80 01
s closed 0x81

[MQTT-1.5.4-1] [MQTT311-1.5.3-1] [MQTT-3.3.2-1] [MQTT311-3.3.2-1] a Topic Name of the server that is not well-formed UTF-8
role client
do connect
s welcomes
s > 30 { [ c0af ] @{} }
s closed 0x81

[MQTT-1.5.4-2] [MQTT311-1.5.3-2] [MQTT-4.7.3-2] [MQTT311-4.7.3-2] a Topic Name of the server with U+0000
role client
do connect
s welcomes
s > 30 { [ '~' 00 ] @{} }
s closed 0x81

[MQTT-1.5.7-1] a User Property of the server that is not well-formed UTF-8
role client
do connect
s welcomes
s > 30 { "~/t" { 26 [ ff ] "v" } }
s closed 0x81

[3.1] [MQTT311-4.8.0-1] a CONNECT from the server
role client
do connect
s welcomes
s > connect
s closed 0x82

[3.8] [MQTT311-4.8.0-1] a SUBSCRIBE from the server
role client
do connect
s welcomes
s > subscribe packetId=1 topicFilter="~/t"
s closed 0x82

[3.12] [MQTT311-4.8.0-1] a PINGREQ from the server
role client
do connect
s welcomes
s > pingreq
s closed 0x82
`
