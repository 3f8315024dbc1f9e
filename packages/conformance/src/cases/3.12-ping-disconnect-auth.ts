/** Sections 3.12 to 3.15: PINGREQ, PINGRESP, DISCONNECT, AUTH, and packets from the wrong side. */

export const pingDisconnectAuth: string = `
[MQTT-3.12.4-1] [MQTT311-3.12.4-1] PINGREQ is answered with PINGRESP
a connects
a > pingreq
a < d0 00
a > pingreq + pingreq
a < d0 00
a < d0 00

[3.13] [MQTT311-4.8.0-1] a PINGRESP from a client
a connects
a > pingresp
a closed 0x82 0x81

[3.2] [MQTT311-4.8.0-1] a CONNACK from a client
a connects
a > connack
a closed 0x82 0x81

[3.9] [MQTT311-4.8.0-1] a SUBACK from a client
a connects
a > suback packetId=1 reasonCode=0
a closed 0x82 0x81

[3.11] [MQTT311-4.8.0-1] an UNSUBACK from a client
a connects
4: a > b0 02 00 01
5: a > unsuback packetId=1 reasonCode=0
a closed 0x82 0x81

[MQTT-3.14.0-1] no DISCONNECT to a client that was never accepted
a > connect flags=0x03
a <? connack reasonCode=*
a closed

[MQTT-3.14.0-1] no DISCONNECT before CONNECT
a open
a > pingreq
a closed

[MQTT-3.14.1-1] [MQTT311-3.14.1-1] a DISCONNECT with reserved flags ends the connection with its Will
w connects
w subscribes topicFilter="~/w"
a connects will.topicName="~/w" will.payload="gone"
a > disconnect first=0xe8
a closed 0x81
w < publish payload="gone"

[MQTT-3.14.2-1] a DISCONNECT with a Reason Code that DISCONNECT does not have
a connects
a > disconnect reasonCode=0x10
a closed 0x82 0x81

[3.14.2.2.3] Reason String twice in DISCONNECT
a connects
a > disconnect reasonString="a" reasonString="b"
a closed 0x82 0x81

[3.14.2.1] each form of DISCONNECT is understood: none, one and more bytes
w connects
w subscribes topicFilter="~/w"
a connects will.topicName="~/w"
a > e0 00
a closed
a connects will.topicName="~/w"
a > e0 01 00
a closed
a connects will.topicName="~/w"
a > e0 02 00 00
a closed
a connects will.topicName="~/w"
a > disconnect reasonCode=0 reasonString="bye" userProperty="a=b"
a closed
w quiet

[MQTT-3.14.2-2] a DISCONNECT of the server has no Session Expiry Interval
a connects clientId="~x" sessionExpiryInterval=100
b connects clientId="~x" sessionExpiryInterval=100
a <? disconnect reasonCode=0x8e sessionExpiryInterval=-
a closed

[MQTT-3.14.2-3] [MQTT-3.14.2-4] a DISCONNECT of the server fits the client's Maximum Packet Size
a connects maximumPacketSize=20
a > publish topicName="~/t" topicAlias=0
a <? disconnect reasonString=-
a closed

[MQTT-3.14.4-1] [MQTT-3.14.4-2] after its DISCONNECT the server sends nothing more and closes
a connects
a > connect + pingreq
a closed 0x82

[MQTT-3.14.4-3] [MQTT311-3.14.4-3] what follows DISCONNECT has no effect
w connects
w subscribes topicFilter="~/t"
a connects
a > disconnect + publish topicName="~/t" payload="late"
a closed
w quiet

[MQTT-3.15.1-1] an AUTH with reserved flags
a connects
a > auth first=0xf1 reasonCode=0x18 authenticationMethod="m"
a closed 0x81 0x82

[MQTT-3.15.2-1] an AUTH with a Reason Code that AUTH does not have
a connects
a > auth reasonCode=0x80 authenticationMethod="m"
a closed 0x81 0x82

[3.15.2.2.2] an AUTH without Authentication Method
a connects
a > auth reasonCode=0x18 authenticationData="d"
a closed 0x81 0x82

[MQTT-4.12.0-7] an AUTH from a client that named no Authentication Method in CONNECT
a connects
a > auth reasonCode=0x19 authenticationMethod="m"
a closed 0x82 0x81

[MQTT-4.12.0-6] no Authentication Method in the CONNACK of a client that named none
a > connect
a < connack authenticationMethod=- authenticationData=-

[MQTT-4.12.0-1] an Authentication Method that the server does not support ends the connection
a > connect authenticationMethod="~none"
a closed 0x8c 0x87

[MQTT-4.12.0-4] [MQTT-3.2.2-7] a refusal of an Authentication Method closes the connection
a > connect authenticationMethod="~none" authenticationData="x"
a closed
`
