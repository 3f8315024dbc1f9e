/**
 * Sections 3.8 to 3.11: SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK.
 * It is over 300 lines because the cases of a section are looked through together.
 */

export const subscribe: string = `
[MQTT-3.8.1-1] [MQTT311-3.8.1-1] [MQTT311-2.2.2-2] a SUBSCRIBE with other flags
a connects
a > subscribe first=0x80 packetId=1 topicFilter="~/t"
a closed 0x81

[MQTT-3.8.3-1] [MQTT311-3.8.3-1] a Topic Filter that is no string
a connects
a > 82 { 0001 @{} [ ff ] 00 }
a closed 0x81 0x8f

[MQTT-3.8.3-2] [MQTT311-3.8.3-3] a SUBSCRIBE without Topic Filter
a connects
a > subscribe packetId=1
a closed 0x82 0x81

[MQTT-3.8.3-2] [MQTT311-3.8.3-3] a Topic Filter without options
a connects
a > 82 { 0001 @{} "~/t" }
a closed 0x81 0x82

[MQTT-3.8.3-3] No Local: one's own messages do not come back
a connects
a subscribes topicFilter="~/t" noLocal
b connects
b subscribes topicFilter="~/t"
a > publish topicName="~/t" payload="mine" qos=1 packetId=1
a < puback packetId=1
b < publish payload="mine"
b > publish topicName="~/t" payload="other" qos=1 packetId=1
b <* puback packetId=1
b <* publish payload="other"
a < publish payload="other"

[MQTT-3.8.3-3] No Local goes by Client Identifier, not by connection
a connects cleanStart=0 sessionExpiryInterval=100
a subscribes topicFilter="~/t" noLocal qos=1
a leaves
a connects cleanStart=0 sessionExpiryInterval=100
a > publish topicName="~/t" payload="mine" qos=1 packetId=1
a < puback packetId=1 reasonCode=*
a quiet

[3.8.3.1] without No Local one's own messages come back
in 4 5
a connects
a subscribes topicFilter="~/t"
a > publish topicName="~/t" payload="mine"
a < publish payload="mine"

[MQTT-3.8.3-4] No Local on a Shared Subscription
needs sharedSubscriptionAvailable=1
a connects
a > subscribe packetId=1 topicFilter="$share/g/~/t" noLocal
a closed 0x82

[MQTT-3.8.3-5] [MQTT311-3.8.3-4] a reserved bit in the subscription options: bit 7
a connects
a > subscribe packetId=1 topicFilter="~/t" options=0x80
a closed 0x81 0x82

[MQTT-3.8.3-5] [MQTT311-3.8.3-4] a reserved bit in the subscription options: bit 6
a connects
a > subscribe packetId=1 topicFilter="~/t" options=0x40
a closed 0x81 0x82

[MQTT311-3.8.3-4] a reserved bit in the requested QoS: bit 2
a connects
a > subscribe packetId=1 topicFilter="~/t" options=0x04
a closed

[3.8.3.1] [MQTT311-3.8.3-4] a requested QoS of 3
a connects
a > subscribe packetId=1 topicFilter="~/t" options=0x03
a closed 0x82 0x81

[3.8.3.1] a Retain Handling of 3
a connects
a > subscribe packetId=1 topicFilter="~/t" options=0x30
a closed 0x82 0x81

[3.8.2.1.2] a Subscription Identifier of 0
a connects
a > subscribe packetId=1 subscriptionIdentifier=0 topicFilter="~/t"
a closed 0x82 0x81

[3.8.2.1.2] Subscription Identifier twice
a connects
a > subscribe packetId=1 subscriptionIdentifier=1 subscriptionIdentifier=2 topicFilter="~/t"
a closed 0x82 0x81

[MQTT-3.8.4-1] [MQTT-3.8.4-2] [MQTT311-3.8.4-1] [MQTT311-3.8.4-2] SUBSCRIBE is answered with SUBACK of its Packet Identifier
a connects
a > subscribe packetId=4660 topicFilter="~/t"
a < suback packetId=4660
a > subscribe packetId=1 topicFilter="~/t" + subscribe packetId=2 topicFilter="~/u"
a < suback packetId=1
a < suback packetId=2

[MQTT-3.8.4-3] [MQTT311-3.8.4-3] a second SUBSCRIBE to the same filter replaces the first
a connects
a subscribes topicFilter="~/t" qos=0
a subscribes topicFilter="~/t" qos=1
b connects
b > publish topicName="~/t" qos=1 packetId=1 payload="x"
b < puback packetId=1
a < publish payload="x" qos=1 packetId=$p
a > puback packetId=$p
a quiet

[MQTT-3.8.4-3] a second SUBSCRIBE replaces options and identifier, too
needs subscriptionIdentifierAvailable=1
a connects
a subscribes topicFilter="~/t" subscriptionIdentifier=1 noLocal
a subscribes topicFilter="~/t" subscriptionIdentifier=2
a > publish topicName="~/t" payload="x"
a < publish payload="x" subscriptionIdentifiers=2
a subscribes topicFilter="~/t"
a > publish topicName="~/t" payload="y"
a < publish payload="y" subscriptionIdentifiers=-

[MQTT-3.8.4-4] [MQTT311-3.8.4-3] replacing a subscription sends retained messages again and loses nothing
needs retainAvailable=1
a connects
a subscribes topicFilter="~/t" qos=1
b connects
b > publish topicName="~/t" retain qos=1 packetId=1 payload="kept"
b < puback packetId=1
a < publish payload="kept" retain=0 packetId=$p
a subscribes topicFilter="~/t" qos=1
a < publish payload="kept" retain=1 packetId=$q
b > publish topicName="~/t" qos=1 packetId=2 payload="more"
b < puback packetId=2
a < publish payload="more"

[MQTT-3.8.4-5] [MQTT-3.8.4-6] [MQTT-3.8.4-7] [MQTT-3.9.3-1] [MQTT311-3.8.4-4] [MQTT311-3.8.4-5] [MQTT311-3.9.3-1] several filters: one SUBACK with a Reason Code for each, in their order
a connects
a > subscribe packetId=1 topicFilter="~/2" qos=2 topicFilter="~/0" qos=0 topicFilter="~/1" qos=1
a < suback packetId=1 reasonCodes=2,0,1
b connects
b > publish topicName="~/0" + publish topicName="~/1" + publish topicName="~/2"
a < publish topicName="~/0"
a < publish topicName="~/1"
a < publish topicName="~/2"

[MQTT-3.8.4-5] [MQTT311-3.8.4-4] the same filter twice in one SUBSCRIBE: the last one counts
a connects
a > subscribe packetId=1 topicFilter="~/t" qos=0 topicFilter="~/t" qos=1
a < suback packetId=1 reasonCodes=0,1
b connects
b > publish topicName="~/t" qos=1 packetId=1 payload="x"
b < puback packetId=1
a < publish payload="x" qos=1 packetId=$p
a > puback packetId=$p
a quiet

[MQTT-3.8.4-8] [MQTT-4.8.2-3] [MQTT311-3.8.4-6] the QoS is the lower of the message's and the subscription's
a connects
a subscribes topicFilter="~/0" qos=0 topicFilter="~/1" qos=1 topicFilter="~/2" qos=2
b connects
b > publish topicName="~/0" qos=1 packetId=1
b < puback packetId=1
b > publish topicName="~/1" qos=1 packetId=2
b < puback packetId=2
b > publish topicName="~/2" qos=1 packetId=3
b < puback packetId=3
b > publish topicName="~/2"
a < publish topicName="~/0" qos=0
a < publish topicName="~/1" qos=1
a < publish topicName="~/2" qos=1
a < publish topicName="~/2" qos=0

[MQTT-3.8.4-8] [MQTT311-3.8.4-6] QoS 2 comes to subscriptions of QoS 0, 1 and 2 as 0, 1 and 2
a connects
a subscribes topicFilter="~/t" qos=0
b connects
b subscribes topicFilter="~/t" qos=1
c connects
c subscribes topicFilter="~/t" qos=2
d connects
d > publish topicName="~/t" qos=2 packetId=1 payload="x"
d < pubrec packetId=1
d > pubrel packetId=1
d < pubcomp packetId=1
c < publish payload="x" qos=2
a < publish payload="x" qos=0
b < publish payload="x" qos=1

[MQTT-3.9.2-1] [MQTT-3.9.2-2] a SUBACK fits the client's Maximum Packet Size
a connects maximumPacketSize=20
a > subscribe packetId=1 topicFilter="~/t"
a < suback packetId=1

[MQTT-3.9.3-2] [MQTT-4.7.1-1] a filter that is not valid is refused for itself, or with the connection
a connects
a > subscribe packetId=1 topicFilter="~/#/a"
a < suback packetId=1 reasonCodes=0x8f|0x80 or closed 0x81 0x82 0x8f

[MQTT311-3.9.3-2] a filter that is not valid is refused with 0x80, or with the connection
a connects
a > subscribe packetId=1 topicFilter="~/#/a"
a < suback packetId=1 reasonCodes=0x80 or closed

[3.8] [MQTT311-3.8.3-3] a SUBSCRIBE without Packet Identifier
a connects
a > 82 00
a closed 0x81 0x82

[MQTT-3.10.1-1] [MQTT311-3.10.1-1] [MQTT311-2.2.2-2] an UNSUBSCRIBE with other flags
a connects
a > unsubscribe first=0xa0 packetId=1 topicFilter="~/t"
a closed 0x81

[MQTT-3.10.3-1] [MQTT311-3.10.3-1] a Topic Filter of UNSUBSCRIBE that is no string
a connects
a > a2 { 0001 @{} [ ff ] }
a closed 0x81 0x8f

[MQTT-3.10.3-2] [MQTT311-3.10.3-2] an UNSUBSCRIBE without Topic Filter
a connects
a > unsubscribe packetId=1
a closed 0x82 0x81

[MQTT-3.10.4-1] [MQTT-3.10.4-2] [MQTT-3.10.4-4] [MQTT311-3.10.4-1] [MQTT311-3.10.4-2] [MQTT311-3.10.4-4] after UNSUBSCRIBE nothing more comes
a connects
a subscribes topicFilter="~/t" qos=1
a > unsubscribe packetId=7 topicFilter="~/t"
a < unsuback packetId=7
a > publish topicName="~/t" payload="x" qos=1 packetId=8
a < puback packetId=8
a quiet

[MQTT-3.10.4-1] [MQTT311-3.10.4-1] UNSUBSCRIBE compares filters character by character, wildcards are no wildcards
a connects
a subscribes topicFilter="~/a"
a subscribes topicFilter="~/+/b"
a > unsubscribe packetId=7 topicFilter="~/+"
a < unsuback packetId=7
a > unsubscribe packetId=8 topicFilter="~/#"
a < unsuback packetId=8
a > publish topicName="~/a" payload="1" + publish topicName="~/x/b" payload="2"
a < publish payload="1"
a < publish payload="2"
a > unsubscribe packetId=9 topicFilter="~/+/b"
a < unsuback packetId=9
a > publish topicName="~/x/b" payload="3"
a quiet

[MQTT-3.10.4-3] [MQTT311-3.10.4-3] what was begun is finished after UNSUBSCRIBE
a connects
a subscribes topicFilter="~/t" qos=2
b connects
b > publish topicName="~/t" qos=2 packetId=1 payload="x"
b < pubrec packetId=1
b > pubrel packetId=1
b < pubcomp packetId=1
a < publish payload="x" qos=2 packetId=$p
a > unsubscribe packetId=7 topicFilter="~/t"
a < unsuback packetId=7
a > pubrec packetId=$p
a < pubrel packetId=$p
a > pubcomp packetId=$p
a quiet

[MQTT-3.10.4-3] [MQTT311-3.10.4-3] what was begun before UNSUBSCRIBE is sent again after a reconnect
a connects cleanStart=0 sessionExpiryInterval=100
a subscribes topicFilter="~/t" qos=1
b connects
b > publish topicName="~/t" qos=1 packetId=1 payload="x"
b < puback packetId=1
a < publish payload="x" packetId=$p
a > unsubscribe packetId=7 topicFilter="~/t"
a < unsuback packetId=7
a leaves
a connects cleanStart=0
a < publish payload="x" packetId=$p dup=1

[MQTT-3.10.4-5] [MQTT311-3.10.4-5] UNSUBSCRIBE from what was never subscribed to is answered
a connects
a > unsubscribe packetId=513 topicFilter="~/none"
a < unsuback packetId=513

[MQTT-3.10.4-6] [MQTT-3.11.3-1] [MQTT-3.11.3-2] several filters in UNSUBSCRIBE: one UNSUBACK with a Reason Code for each, in their order
a connects
a subscribes topicFilter="~/1" topicFilter="~/2"
a > unsubscribe packetId=7 topicFilter="~/1" topicFilter="~/none" topicFilter="~/2"
a < unsuback packetId=7 reasonCodes=0,0x11,0
a > publish topicName="~/1" + publish topicName="~/2"
a quiet

[MQTT311-3.10.4-6] several filters in UNSUBSCRIBE: one UNSUBACK, of four bytes
a connects
a subscribes topicFilter="~/1" topicFilter="~/2"
a > unsubscribe packetId=7 topicFilter="~/1" topicFilter="~/none" topicFilter="~/2"
a < b0 02 00 07
a > publish topicName="~/1" + publish topicName="~/2"
a quiet

[MQTT-3.11.2-1] [MQTT-3.11.2-2] an UNSUBACK fits the client's Maximum Packet Size
a connects maximumPacketSize=20
a > unsubscribe packetId=1 topicFilter="~/t"
a < unsuback packetId=1

[MQTT-3.8.3-3] No Local of one subscription says nothing about another
a connects
a subscribes topicFilter="~/t" noLocal
a subscribes topicFilter="~/+"
a > publish topicName="~/t" payload="mine"
a < publish topicName="~/t" payload="mine"
a quiet

[MQTT-3.8.3-3] No Local is about the Will of the same client, too
a connects clientId="~x" cleanStart=0 sessionExpiryInterval=100
a subscribes topicFilter="~/w" noLocal qos=1
a leaves
a connects clientId="~x" cleanStart=0 sessionExpiryInterval=100 will.topicName="~/w" will.qos=1 will.payload="gone"
a cut
a connects clientId="~x" cleanStart=0 sessionExpiryInterval=100
a quiet

[MQTT-3.8.4-4] options of a second SUBSCRIBE hold for what comes after it
needs retainAvailable=1
a connects
a subscribes topicFilter="~/t" qos=2 retainAsPublished
a subscribes topicFilter="~/t" qos=0
b connects
b > publish topicName="~/t" retain qos=1 packetId=1 payload="x"
b < puback packetId=1
a < publish payload="x" qos=0 retain=0

[MQTT-3.8.4-5] [MQTT-3.9.3-1] [MQTT311-3.8.4-4] [MQTT311-3.9.3-1] eight filters in one SUBSCRIBE
a connects
a > 82 { 0009 @{} "~/1" 00 "~/2" 01 "~/3" 02 "~/4" 00 "~/5" 01 "~/6" 02 "~/7" 00 "~/8" 01 }
a < suback packetId=9 reasonCodes=0,1,2,0,1,2,0,1

[3.10] [MQTT311-3.10.4-5] UNSUBSCRIBE twice
a connects
a subscribes topicFilter="~/t"
a > unsubscribe packetId=1 topicFilter="~/t" + unsubscribe packetId=2 topicFilter="~/t"
a < unsuback packetId=1 5:reasonCodes=0
a < unsuback packetId=2 5:reasonCodes=0x11

[3.10] an UNSUBSCRIBE with the same filter twice
a connects
a subscribes topicFilter="~/t"
a > unsubscribe packetId=1 topicFilter="~/t" topicFilter="~/t"
a < unsuback packetId=1 reasonCodes=0,0x11
`
