/** Sections 3.4 to 3.7: PUBACK, PUBREC, PUBREL, PUBCOMP. */

export const acknowledgements: string = `
[MQTT-3.4.2-1] a PUBACK with a Reason Code that PUBACK does not have
a connects
a > puback packetId=1 reasonCode=0x92
a closed 0x82 0x81

[MQTT-3.4.2-1] the PUBACK of the server has a Reason Code of success
a connects
a > publish topicName="~/t" qos=1 packetId=1
a < puback packetId=1 reasonCode=0x00|0x10
a subscribes topicFilter="~/t"
a > publish topicName="~/t" qos=1 packetId=2
a <* puback packetId=2 reasonCode=0x00
a <* publish topicName="~/t"

[3.4.2.1] each form of PUBACK is understood: two, three and more bytes
a connects receiveMaximum=1
a subscribes topicFilter="~/t" qos=1
b connects
b > publish topicName="~/t" qos=1 packetId=1 payload="1" + publish topicName="~/t" qos=1 packetId=2 payload="2" + publish topicName="~/t" qos=1 packetId=3 payload="3" + publish topicName="~/t" qos=1 packetId=4 payload="4"
a < publish payload="1" packetId=$p
a > 40 { u16:$p }
a < publish payload="2" packetId=$q
a > 40 { u16:$q 00 }
a < publish payload="3" packetId=$r
a > 40 { u16:$r 00 00 }
a < publish payload="4" packetId=$s
a > 40 { u16:$s 10 { 1f "fine" 26 "k" "v" } }
a quiet

[3.4.2.2.2] Reason String twice in PUBACK
a connects
a > puback packetId=1 reasonString="a" reasonString="b"
a closed 0x82 0x81

[MQTT311-4.8.0-1] a PUBACK of three bytes before 5.0
a connects
a > 40 03 00 01 00
a closed

[3.4] [MQTT311-4.8.0-1] a PUBACK without Packet Identifier
a connects
a > 40 00
a closed 0x81 0x82

[3.4] [MQTT311-3.4] a PUBACK for nothing does no harm
a connects
a > puback packetId=77
a quiet

[MQTT-3.5.2-1] a PUBREC with a Reason Code that PUBREC does not have
a connects
a > pubrec packetId=1 reasonCode=0x8e
a closed 0x82 0x81

[MQTT-3.5.2-1] the PUBREC of the server has a Reason Code of success
a connects
a > publish topicName="~/t" qos=2 packetId=1
a < pubrec packetId=1 reasonCode=0x00|0x10

[3.5] a PUBREC for nothing is answered
a connects
a > pubrec packetId=77
a < pubrel packetId=77 reasonCode=0x92|0x00

[MQTT-3.6.1-1] [MQTT311-3.6.1-1] [MQTT311-2.2.2-2] a PUBREL with other flags
a connects
a > publish topicName="~/t" qos=2 packetId=1
a < pubrec packetId=1
a > pubrel first=0x60 packetId=1
a closed 0x81

[MQTT-3.6.1-1] [MQTT311-3.6.1-1] the flags of the server's PUBREL
a connects
a subscribes topicFilter="~/t" qos=2
b connects
b > publish topicName="~/t" qos=2 packetId=9 payload="x"
b < pubrec packetId=9
b > pubrel packetId=9
b < pubcomp packetId=9
a < publish payload="x" packetId=$p
a > pubrec packetId=$p
a < 62 { u16:$p }

[MQTT-3.6.2-1] a PUBREL with a Reason Code that PUBREL does not have
a connects
a > publish topicName="~/t" qos=2 packetId=1
a < pubrec packetId=1
a > pubrel packetId=1 reasonCode=0x10
a closed 0x82 0x81

[MQTT-3.6.2-1] a PUBREL that says Packet Identifier not found is answered
a connects
a > pubrel packetId=77 reasonCode=0x92
a < pubcomp packetId=77 reasonCode=0x92|0x00

[MQTT-3.7.2-1] the PUBCOMP for a Packet Identifier that is not known
a connects
a > pubrel packetId=77
a < pubcomp packetId=77 reasonCode=0x92|0x00

[MQTT-3.7.2-1] the PUBCOMP of a Packet Identifier that is known
a connects
a > publish topicName="~/t" qos=2 packetId=1
a < pubrec packetId=1
a > pubrel packetId=1
a < pubcomp packetId=1 reasonCode=0x00

[3.7] a PUBCOMP with a Reason Code that PUBCOMP does not have
a connects
a > pubcomp packetId=1 reasonCode=0x10
a closed 0x82 0x81

[MQTT311-4.3.3-2] a PUBREL for nothing is answered
a connects
a > pubrel packetId=77
a < pubcomp packetId=77

[MQTT-3.4.2-2] [MQTT-3.4.2-3] a PUBACK fits the client's Maximum Packet Size
a connects maximumPacketSize=20
a > publish topicName="~/t" qos=1 packetId=1
a < puback packetId=1 reasonCode=*
// Something that most servers refuse, and might explain.
a > publish topicName="$SYS/~/t" qos=1 packetId=2
a < puback packetId=2 reasonCode=* reasonString=- or closed
a quiet

[MQTT-3.5.2-2] [MQTT-3.5.2-3] [MQTT-3.7.2-2] [MQTT-3.7.2-3] PUBREC and PUBCOMP fit the client's Maximum Packet Size
a connects maximumPacketSize=20
a > publish topicName="~/t" qos=2 packetId=1
a < pubrec packetId=1 reasonCode=*
a > pubrel packetId=1
a < pubcomp packetId=1
a > pubrel packetId=2
a < pubcomp packetId=2 reasonCode=*
a > publish topicName="$SYS/~/t" qos=2 packetId=3
a < pubrec packetId=3 reasonCode=* reasonString=- or closed

[MQTT-3.6.2-2] [MQTT-3.6.2-3] a PUBREL fits the client's Maximum Packet Size
a connects maximumPacketSize=30
a subscribes topicFilter="~/t" qos=2
a > pubrec packetId=77
a < pubrel packetId=77 reasonCode=*
`
