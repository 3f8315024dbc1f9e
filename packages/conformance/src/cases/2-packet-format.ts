/** Chapter 2: fixed header, Packet Identifier, properties. */

export const packetFormat: string = `
[MQTT-2.1.3-1] [MQTT311-2.2.2-1] [MQTT311-2.2.2-2] reserved flags in CONNECT
a > connect first=0x11
a closed 0x81

[MQTT-2.1.3-1] [MQTT311-2.2.2-1] [MQTT311-2.2.2-2] reserved flags in PUBACK
a connects
a > puback first=0x41 packetId=1
a closed 0x81

[MQTT-2.1.3-1] [MQTT311-2.2.2-1] [MQTT311-2.2.2-2] reserved flags in PUBREC
a connects
a > pubrec first=0x52 packetId=1
a closed 0x81

[MQTT-2.1.3-1] [MQTT311-2.2.2-1] [MQTT311-2.2.2-2] reserved flags in PUBCOMP
a connects
a > pubcomp first=0x72 packetId=1
a closed 0x81

[MQTT-2.1.3-1] [MQTT311-2.2.2-1] [MQTT311-2.2.2-2] reserved flags in PINGREQ
a connects
a > pingreq first=0xc1
a closed 0x81

[MQTT-2.1.3-1] [MQTT-3.14.1-1] [MQTT311-2.2.2-2] [MQTT311-3.14.1-1] reserved flags in DISCONNECT
a connects
a > disconnect first=0xe1
a closed 0x81

[2.1.2] [MQTT311-2.2.1] packet type 0
a connects
a > 00 00
a closed 0x81 0x82

[MQTT311-2.2.1] packet type 15 is reserved before 5.0
a connects
a > f0 00
a closed

[2.1.4] [MQTT311-2.2.3] a packet that arrives byte by byte is the same packet
a >1 connect
a < connack
a >1 subscribe packetId=1 topicFilter="~/t" qos=0
a < suback packetId=1
a >1 publish topicName="~/t" payload="slowly" 5:userProperty="a=b"
a < publish topicName="~/t" payload="slowly" 5:userProperty="a=b"

[2.1.4] [MQTT311-2.2.3] several packets in one piece are several packets
a > connect + subscribe packetId=1 topicFilter="~/t" + publish topicName="~/t" payload="at once" + pingreq
a < connack
a <* suback packetId=1
a <* publish topicName="~/t" payload="at once"
a <* pingresp

[2.1.4] [MQTT311-4.8.0-1] a packet that ends in the middle of a field
a connects
a > 82 { 0001 @{} 0005 'ab' }
a closed 0x81 0x82

[2.1.4] [MQTT311-4.8.0-1] bytes after the last field of a PINGREQ
a connects
a > c0 01 00
a closed 0x81 0x82

[MQTT-2.2.1-2] [MQTT311-2.3.1-5] a QoS 0 PUBLISH has no Packet Identifier: what follows the topic is payload
a connects
a subscribes topicFilter="~/t" qos=2
4: a > 30 { "~/t" 0007 }
4: a < 30 { "~/t" 0007 }
5: a > 30 { "~/t" {} 0007 }
5: a < 30 { "~/t" {} 0007 }

[MQTT-2.2.1-3] [MQTT311-2.3.1-1] Packet Identifier 0 in a QoS 1 PUBLISH
a connects
a > publish topicName="~/t" qos=1 packetId=0
a closed 0x81 0x82

[MQTT-2.2.1-3] [MQTT311-2.3.1-1] Packet Identifier 0 in a QoS 2 PUBLISH
a connects
a > publish topicName="~/t" qos=2 packetId=0
a closed 0x81 0x82

[MQTT-2.2.1-3] [MQTT311-2.3.1-1] Packet Identifier 0 in SUBSCRIBE
a connects
a > subscribe topicFilter="~/t" packetId=0
a closed 0x81 0x82

[MQTT-2.2.1-3] [MQTT311-2.3.1-1] Packet Identifier 0 in UNSUBSCRIBE
a connects
a > unsubscribe topicFilter="~/t" packetId=0
a closed 0x81 0x82

[MQTT-2.2.1-4] [MQTT311-2.3.1-4] each QoS 1 PUBLISH in flight from the server has a Packet Identifier of its own
a connects
a subscribes topicFilter="~/t" qos=1
b connects
b > publish topicName="~/t" qos=1 packetId=1 payload="1"
b < puback packetId=1
b > publish topicName="~/t" qos=1 packetId=1 payload="2"
b < puback packetId=1
a < publish payload="1" packetId=$p
a < publish payload="2" packetId=$q
a > puback packetId=$p
b > publish topicName="~/t" qos=1 packetId=1 payload="3"
b < puback packetId=1
a < publish payload="3" packetId=$r
// $q is still in use: an acknowledgement for it must count for the second message only.
a > puback packetId=$r + puback packetId=$q
a quiet

[MQTT-2.2.1-4] [MQTT311-2.3.1-4] client and server number their packets independently
a connects
a subscribes topicFilter="~/t" qos=1
a > publish topicName="~/t" qos=1 packetId=1 payload="mine"
a <* puback packetId=1
a <* publish payload="mine" packetId=$p
a > puback packetId=$p
a quiet

[MQTT-2.2.1-5] [MQTT311-2.3.1-6] PUBACK has the Packet Identifier of its PUBLISH
a connects
a > publish topicName="~/t" qos=1 packetId=65535
a < puback packetId=65535
a > publish topicName="~/t" qos=1 packetId=256
a < puback packetId=256

[MQTT-2.2.1-5] [MQTT311-2.3.1-6] PUBREC and PUBCOMP have the Packet Identifier of their PUBLISH
a connects
a > publish topicName="~/t" qos=2 packetId=65535
a < pubrec packetId=65535
a > pubrel packetId=65535
a < pubcomp packetId=65535

[MQTT-2.2.1-5] PUBACK with Packet Identifier 0
a connects
a > puback packetId=0
a closed 0x81 0x82

[MQTT-2.2.1-6] [MQTT311-2.3.1-7] SUBACK and UNSUBACK have the Packet Identifier of their request
a connects
a > subscribe packetId=513 topicFilter="~/t"
a < suback packetId=513
a > unsubscribe packetId=65534 topicFilter="~/t"
a < unsuback packetId=65534

[MQTT-2.2.2-1] a PUBLISH without Property Length is refused
a connects
a > 30 { "~/t" }
a closed 0x81 0x82

[MQTT-2.2.2-1] the server sends a Property Length where it has no properties
a connects
a subscribes topicFilter="~/t"
a > 30 { "~/t" 00 'x' }
a < 30 { "~/t" 00 'x' }

[2.2.2.1] a Property Length beyond the end of the packet
a connects
a > 30 { "~/t" 05 0101 }
a closed 0x81 0x82

[2.2.2.1] a property beyond the Property Length
a connects
a > 30 { "~/t" 02 02 00 0000ff 'x' }
a closed 0x81 0x82

[2.2.2.2] a property that does not exist
a connects
a > 30 { "~/t" { 00 01 } }
a closed 0x81 0x82

[2.2.2.2] a property that belongs to another packet, in PUBLISH
a connects
a > publish topicName="~/t" sessionExpiryInterval=1
a closed 0x81 0x82

[2.2.2.2] a property that belongs to another packet, in SUBSCRIBE
a connects
a > subscribe packetId=1 contentType="text" topicFilter="~/t"
a closed 0x81 0x82

[2.2.2.2] a property that belongs to another packet, in UNSUBSCRIBE
a connects
a > unsubscribe packetId=1 subscriptionIdentifier=1 topicFilter="~/t"
a closed 0x81 0x82

[2.2.2.2] a property that belongs to another packet, in PUBACK
a connects
a > puback packetId=1 receiveMaximum=1
a closed 0x81 0x82

[2.2.2.2] a property that belongs to another packet, in DISCONNECT
a connects
a > disconnect topicAlias=1
a closed 0x81 0x82

[2.2.2.2] a property that belongs to another packet, in CONNECT
a > connect topicAlias=1
a closed 0x81 0x82

[2.2.2.2] a property that belongs to CONNECT, in its Will
a > connect will.topicName="~/w" will.sessionExpiryInterval=1
a closed 0x81 0x82

[2.4] an acknowledgement with a Reason Code that the packet does not have
a connects
a > puback packetId=1 reasonCode=0x18
a closed 0x81 0x82
`
