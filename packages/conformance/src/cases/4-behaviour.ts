/**
 * Chapter 4: quality of service, order, flow. Topics are in 4.7-topics.ts.
 * It is over 300 lines because the cases of a section are looked through together.
 */

export const behaviour: string = `
[MQTT-4.3.2-1] [MQTT-4.3.2-2] [MQTT311-4.3.2-1] QoS 1, sending: a new Packet Identifier, DUP 0
a connects
a subscribes topicFilter="~/t" qos=1
b connects
b > publish topicName="~/t" qos=1 packetId=1 payload="x"
b < puback packetId=1
a < publish payload="x" qos=1 dup=0 packetId=*

[MQTT-4.3.2-3] [MQTT311-4.3.2-1] QoS 1, sending: not acknowledged until PUBACK
a connects cleanStart=0 sessionExpiryInterval=100
a subscribes topicFilter="~/t" qos=1
b connects
b > publish topicName="~/t" qos=1 packetId=1 payload="1" + publish topicName="~/t" qos=1 packetId=2 payload="2"
a < publish payload="1" packetId=$p
a < publish payload="2" packetId=$q
a > puback packetId=$p
a quiet
a cut
a connects cleanStart=0 sessionExpiryInterval=100
a < publish payload="2" packetId=$q dup=1
a > puback packetId=$q
a quiet
a leaves
a connects cleanStart=0
a quiet

[MQTT-4.3.2-4] [MQTT311-4.3.2-2] QoS 1, receiving: PUBACK with the Packet Identifier
a connects
a > publish topicName="~/t" qos=1 packetId=4242
a < puback packetId=4242

[MQTT-4.3.2-5] [MQTT311-4.3.2-2] QoS 1, receiving: after PUBACK the same Packet Identifier is a new message, whatever DUP says
a connects
a subscribes topicFilter="~/t" qos=0
b connects
b > publish topicName="~/t" qos=1 packetId=1 payload="x"
b < puback packetId=1
b > publish topicName="~/t" qos=1 packetId=1 payload="x" dup
b < puback packetId=1
a < publish payload="x"
a < publish payload="x"
a quiet

[MQTT-4.3.3-1] [MQTT-4.3.3-2] [MQTT-4.3.3-4] [MQTT311-4.3.3-1] QoS 2, sending: PUBLISH, PUBREC, PUBREL, PUBCOMP with one Packet Identifier
a connects
a subscribes topicFilter="~/t" qos=2
b connects
b > publish topicName="~/t" qos=2 packetId=1 payload="x"
b < pubrec packetId=1
b > pubrel packetId=1
b < pubcomp packetId=1
a < publish payload="x" qos=2 dup=0 packetId=$p
a > pubrec packetId=$p
a < pubrel packetId=$p
a > pubcomp packetId=$p
a quiet

[MQTT-4.3.3-3] [MQTT311-4.3.3-1] QoS 2, sending: without PUBREC the PUBLISH is sent again
a connects cleanStart=0 sessionExpiryInterval=100
a subscribes topicFilter="~/t" qos=2
b connects
b > publish topicName="~/t" qos=2 packetId=1 payload="x"
b < pubrec packetId=1
b > pubrel packetId=1
b < pubcomp packetId=1
a < publish payload="x" qos=2 packetId=$p
a cut
a connects cleanStart=0
a < publish payload="x" qos=2 dup=1 packetId=$p
a > pubrec packetId=$p
a < pubrel packetId=$p
a > pubcomp packetId=$p
a quiet

[MQTT-4.3.3-5] [MQTT-4.3.3-6] [MQTT-4.4.0-1] [MQTT311-4.3.3-1] [MQTT311-4.4.0-1] QoS 2, sending: after PUBREC it is PUBREL that is sent again
a connects cleanStart=0 sessionExpiryInterval=100
a subscribes topicFilter="~/t" qos=2
b connects
b > publish topicName="~/t" qos=2 packetId=1 payload="x"
b < pubrec packetId=1
b > pubrel packetId=1
b < pubcomp packetId=1
a < publish payload="x" qos=2 packetId=$p
a > pubrec packetId=$p
a < pubrel packetId=$p
a cut
a connects cleanStart=0 sessionExpiryInterval=100
a < pubrel packetId=$p
a > pubcomp packetId=$p
a quiet
a leaves
a connects cleanStart=0
a quiet

[MQTT-4.3.3-7] QoS 2, sending: a message that was sent does not expire
slow
a connects cleanStart=0 sessionExpiryInterval=100
a subscribes topicFilter="~/t" qos=2
b connects
b > publish topicName="~/t" qos=2 packetId=1 payload="x" messageExpiryInterval=1
b < pubrec packetId=1
b > pubrel packetId=1
b < pubcomp packetId=1
a < publish payload="x" qos=2 packetId=$p
a cut
wait 2.5
a connects cleanStart=0
a < publish payload="x" qos=2 packetId=$p dup=1

[MQTT-4.3.3-8] [MQTT311-4.3.3-2] QoS 2, receiving: PUBREC with the Packet Identifier
a connects
a > publish topicName="~/t" qos=2 packetId=4242
a < pubrec packetId=4242

[MQTT-4.3.3-9] QoS 2, receiving: after a PUBREC that refuses, the Packet Identifier is free
a connects
a > publish topicName="$SYS/~/not yours" qos=2 packetId=1
a < pubrec packetId=1 reasonCode=* or closed
b connects
b subscribes topicFilter="~/t" qos=0
a > publish topicName="~/t" qos=2 packetId=1 payload="x"
a < pubrec packetId=1
a > pubrel packetId=1
a < pubcomp packetId=1
b < publish payload="x"

[MQTT-4.3.3-10] [MQTT311-4.3.3-2] QoS 2, receiving: the same Packet Identifier again gets PUBREC and is not delivered again
a connects
a subscribes topicFilter="~/t" qos=0
b connects
b > publish topicName="~/t" qos=2 packetId=1 payload="x"
b < pubrec packetId=1
b > publish topicName="~/t" qos=2 packetId=1 payload="x" dup
b < pubrec packetId=1
b > pubrel packetId=1
b < pubcomp packetId=1
a < publish payload="x"
a quiet

[MQTT-4.3.3-10] [MQTT311-4.3.3-2] QoS 2, receiving: also after a reconnect it is not delivered again
a connects
a subscribes topicFilter="~/t" qos=0
b connects cleanStart=0 sessionExpiryInterval=100
b > publish topicName="~/t" qos=2 packetId=1 payload="x"
b < pubrec packetId=1
b cut
b connects cleanStart=0 sessionExpiryInterval=100
b > publish topicName="~/t" qos=2 packetId=1 payload="x" dup
b < pubrec packetId=1
b > pubrel packetId=1
b < pubcomp packetId=1
a < publish payload="x"
a quiet

[MQTT-4.3.3-10] QoS 2, receiving: PUBREL after a reconnect completes what was begun before
b connects cleanStart=0 sessionExpiryInterval=100
b > publish topicName="~/t" qos=2 packetId=1 payload="x"
b < pubrec packetId=1
b cut
b connects cleanStart=0
b > pubrel packetId=1
b < pubcomp packetId=1 reasonCode=0

[MQTT-4.3.3-11] [MQTT311-4.3.3-2] QoS 2, receiving: each PUBREL is answered with PUBCOMP
a connects
a > publish topicName="~/t" qos=2 packetId=1
a < pubrec packetId=1
a > pubrel packetId=1
a < pubcomp packetId=1
a > pubrel packetId=1
a < pubcomp packetId=1 reasonCode=*

[MQTT-4.3.3-12] [MQTT311-4.3.3-2] QoS 2, receiving: after PUBCOMP the Packet Identifier is a new message
a connects
a subscribes topicFilter="~/t" qos=0
b connects
b > publish topicName="~/t" qos=2 packetId=1 payload="1"
b < pubrec packetId=1
b > pubrel packetId=1
b < pubcomp packetId=1
b > publish topicName="~/t" qos=2 packetId=1 payload="2"
b < pubrec packetId=1
b > pubrel packetId=1
b < pubcomp packetId=1
a < publish payload="1"
a < publish payload="2"

[MQTT-4.3.3-13] QoS 2, receiving: the exchange goes on after the message has expired
slow
a connects
a > publish topicName="~/t" qos=2 packetId=1 payload="x" messageExpiryInterval=1
a < pubrec packetId=1
wait 2.5
a > pubrel packetId=1
a < pubcomp packetId=1 reasonCode=0

[MQTT-4.4.0-1] [MQTT311-4.4.0-1] nothing is sent again while the connection stands
slow
a connects
a subscribes topicFilter="~/t" qos=1
b connects
b > publish topicName="~/t" qos=1 packetId=1 payload="x"
b < puback packetId=1
a < publish payload="x"
wait 5
a quiet

[MQTT-4.4.0-2] a message that was refused with PUBACK is not sent again
a connects cleanStart=0 sessionExpiryInterval=100
a subscribes topicFilter="~/t" qos=1
b connects
b > publish topicName="~/t" qos=1 packetId=1 payload="x"
b < puback packetId=1
a < publish payload="x" packetId=$p
a > puback packetId=$p reasonCode=0x80
a quiet
a cut
a connects cleanStart=0
a quiet

[MQTT-4.4.0-2] a message that was refused with PUBREC is not sent again
a connects cleanStart=0 sessionExpiryInterval=100
a subscribes topicFilter="~/t" qos=2
b connects
b > publish topicName="~/t" qos=2 packetId=1 payload="x"
b < pubrec packetId=1
b > pubrel packetId=1
b < pubcomp packetId=1
a < publish payload="x" packetId=$p
a > pubrec packetId=$p reasonCode=0x87
a quiet
a cut
a connects cleanStart=0
a quiet

[MQTT-4.5.0-1] [MQTT311-4.5.0-1] a message goes to every client with a matching subscription
a connects
a subscribes topicFilter="~/t" qos=1
b connects
b subscribes topicFilter="~/+" qos=0
c connects cleanStart=0 sessionExpiryInterval=100
c subscribes topicFilter="~/#" qos=2
c leaves
d connects
d > publish topicName="~/t" qos=1 packetId=1 payload="x"
d < puback packetId=1
a < publish payload="x" qos=1
b < publish payload="x" qos=0
c connects cleanStart=0
c < publish payload="x" qos=1

[MQTT-4.6.0-2] [MQTT-4.6.0-3] [MQTT311-4.6.0-2] [MQTT311-4.6.0-3] PUBACK and PUBREC come in the order of their PUBLISH
a connects
a > publish topicName="~/t" qos=1 packetId=3 + publish topicName="~/t" qos=1 packetId=1 + publish topicName="~/t" qos=1 packetId=2
a < puback packetId=3
a < puback packetId=1
a < puback packetId=2
a > publish topicName="~/t" qos=2 packetId=6 + publish topicName="~/t" qos=2 packetId=4 + publish topicName="~/t" qos=2 packetId=5
a < pubrec packetId=6
a < pubrec packetId=4
a < pubrec packetId=5

[MQTT-4.6.0-4] [MQTT311-4.6.0-4] PUBREL comes in the order of PUBREC
a connects
a subscribes topicFilter="~/t" qos=2
b connects
b > publish topicName="~/t" qos=2 packetId=1 payload="1" + publish topicName="~/t" qos=2 packetId=2 payload="2"
b < pubrec packetId=1
b < pubrec packetId=2
b > pubrel packetId=1 + pubrel packetId=2
b < pubcomp packetId=1
b < pubcomp packetId=2
a < publish payload="1" packetId=$p
a < publish payload="2" packetId=$q
a > pubrec packetId=$p + pubrec packetId=$q
a < pubrel packetId=$p
a < pubrel packetId=$q

[MQTT-4.6.0-1] [MQTT311-4.6.0-1] what is sent again comes in the order in which it was sent
a connects cleanStart=0 sessionExpiryInterval=100
a subscribes topicFilter="~/t" qos=2
b connects
b > publish topicName="~/t" qos=1 packetId=1 payload="1"
b < puback packetId=1
b > publish topicName="~/t" qos=1 packetId=2 payload="2"
b < puback packetId=2
b > publish topicName="~/t" qos=1 packetId=3 payload="3"
b < puback packetId=3
a < publish payload="1" packetId=$p
a < publish payload="2" packetId=$q
a < publish payload="3" packetId=$r
a cut
a connects cleanStart=0
a < publish payload="1" packetId=$p dup=1
a < publish payload="2" packetId=$q dup=1
a < publish payload="3" packetId=$r dup=1

[MQTT-4.6.0-5] [MQTT-4.6.0-6] [MQTT311-4.6.0-5] [MQTT311-4.6.0-6] messages of one client on one topic keep their order, at each QoS
a connects
a subscribes topicFilter="~/t" qos=2
b connects
repeat 20 $i: b > 30 { "~/t" @{} u8:$i }
repeat 20 $i: a < 30 { "~/t" @{} u8:$i }
repeat 20 $i: b > 32 { "~/t" u16:$i @{} u8:$i }
repeat 20 $i: b < puback packetId=$i
repeat 20 $i: a < 32 { "~/t" u16:$i @{} u8:$i }

[MQTT-4.6.0-6] [MQTT311-4.6.0-5] messages that waited keep their order
a connects cleanStart=0 sessionExpiryInterval=100
a subscribes topicFilter="~/#" qos=1
a leaves
b connects
b > publish topicName="~/1" qos=1 packetId=1 payload="1" + publish topicName="~/2" qos=1 packetId=2 payload="2" + publish topicName="~/1" qos=1 packetId=3 payload="3" + publish topicName="~/2" qos=1 packetId=4 payload="4"
repeat 4 $i: b < puback packetId=$i
a connects cleanStart=0
a < publish topicName="~/1" payload="1"
a < publish topicName="~/2" payload="2"
a < publish topicName="~/1" payload="3"
a < publish topicName="~/2" payload="4"

[MQTT-4.8.2-1] a Shared Subscription without ShareName
needs sharedSubscriptionAvailable=1
a connects
a > subscribe packetId=1 topicFilter="$share//~/t"
a < suback packetId=1 reasonCodes=0x8f|0x80 or closed 0x81 0x82 0x8f

[MQTT-4.8.2-2] a Shared Subscription without Topic Filter
needs sharedSubscriptionAvailable=1
a connects
a > subscribe packetId=1 topicFilter="$share/~"
a < suback packetId=1 reasonCodes=0x8f|0x80 or closed 0x81 0x82 0x8f

[MQTT-4.8.2-2] a Shared Subscription with an empty Topic Filter
needs sharedSubscriptionAvailable=1
a connects
a > subscribe packetId=1 topicFilter="$share/~/"
a < suback packetId=1 reasonCodes=0x8f|0x80 or closed 0x81 0x82 0x8f

[MQTT-4.8.2-2] a ShareName with a wildcard
needs sharedSubscriptionAvailable=1
a connects
a > subscribe packetId=1 topicFilter="$share/~+/t"
a < suback packetId=1 reasonCodes=0x8f|0x80 or closed 0x81 0x82 0x8f

[4.8.2] each message goes to one member of a Shared Subscription
needs sharedSubscriptionAvailable=1
a connects
a subscribes topicFilter="$share/g/~/t"
p connects
p > publish topicName="~/t" payload="1" + publish topicName="~/t" payload="2"
a < publish payload="1"
a < publish payload="2"
b connects
b subscribes topicFilter="~/t"
p > publish topicName="~/t" payload="3"
a < publish payload="3"
b < publish payload="3"

[4.8.2] Shared Subscriptions of different ShareNames each get the message
needs sharedSubscriptionAvailable=1
a connects
a subscribes topicFilter="$share/g/~/t"
b connects
b subscribes topicFilter="$share/h/~/t"
p connects
p > publish topicName="~/t" payload="1"
a < publish payload="1"
b < publish payload="1"

[4.8.2] a Shared Subscription gets no retained messages when it is made
needs sharedSubscriptionAvailable=1 retainAvailable=1
p connects
p > publish topicName="~/t" retain payload="kept" qos=1 packetId=1
p < puback packetId=1
a connects
a subscribes topicFilter="$share/g/~/t"
a quiet

[4.8.2] UNSUBSCRIBE from a Shared Subscription
needs sharedSubscriptionAvailable=1
a connects
a subscribes topicFilter="$share/g/~/t"
a > unsubscribe packetId=1 topicFilter="$share/g/~/t"
a < unsuback packetId=1 reasonCodes=0
p connects
p > publish topicName="~/t" payload="1"
p quiet
a quiet

[MQTT-4.8.2-3] a Shared Subscription respects the QoS that was granted
needs sharedSubscriptionAvailable=1
a connects
a subscribes topicFilter="$share/g/~/t" qos=1
p connects
p > publish topicName="~/t" qos=2 packetId=1 payload="1"
p < pubrec packetId=1
p > pubrel packetId=1
p < pubcomp packetId=1
a < publish payload="1" qos=1

[MQTT-4.8.2-4] a QoS 2 message of a Shared Subscription is finished by the client that began it
needs sharedSubscriptionAvailable=1
a connects cleanStart=0 sessionExpiryInterval=100
a subscribes topicFilter="$share/g/~/t" qos=2
p connects
p > publish topicName="~/t" qos=2 packetId=1 payload="1"
p < pubrec packetId=1
p > pubrel packetId=1
p < pubcomp packetId=1
a < publish payload="1" qos=2 packetId=$p
b connects
b subscribes topicFilter="$share/g/~/t" qos=2
a cut
b quiet
a connects cleanStart=0
a < publish payload="1" qos=2 packetId=$p dup=1
a > pubrec packetId=$p
a < pubrel packetId=$p
b quiet

[MQTT-4.8.2-5] a QoS 2 message that was begun goes to no other member when its session ends
needs sharedSubscriptionAvailable=1
a connects sessionExpiryInterval=100
a subscribes topicFilter="$share/g/~/t" qos=2
p connects
p > publish topicName="~/t" qos=2 packetId=1 payload="1"
p < pubrec packetId=1
p > pubrel packetId=1
p < pubcomp packetId=1
a < publish payload="1" qos=2 packetId=$p
b connects
b subscribes topicFilter="$share/g/~/t" qos=2
a leaves sessionExpiryInterval=0
// By this message it has been seen that the session of a is over.
a > connect cleanStart=0
a < connack sessionPresent=0
b quiet

[MQTT-4.8.2-6] a message that a member refuses goes to no other member
needs sharedSubscriptionAvailable=1
a connects
a subscribes topicFilter="$share/g/~/t" qos=1
p connects
p > publish topicName="~/t" qos=1 packetId=1 payload="1"
p < puback packetId=1
a < publish payload="1" packetId=$p
b connects
b subscribes topicFilter="$share/g/~/t" qos=1
a > puback packetId=$p reasonCode=0x80
a quiet
b quiet

[MQTT-4.13.1-1] [MQTT-4.13.2-1] [MQTT311-4.8.0-1] a packet that cannot be read ends the connection, and no other
a connects
b connects
a > 82 { ffff ff }
a closed 0x81 0x82
b quiet

[MQTT-4.13.1-1] [MQTT311-4.8.0-1] what follows a packet that cannot be read has no effect
b connects
b subscribes topicFilter="~/t"
a connects
a > 36 { "~/t" 0001 @{} } + publish topicName="~/t" payload="late"
a closed 0x81 0x82
b quiet

[4.8.2] a Shared Subscription and a plain one of the same client are two
needs sharedSubscriptionAvailable=1 subscriptionIdentifierAvailable=1
a connects
a subscribes topicFilter="$share/g/~/t" subscriptionIdentifier=1
a subscribes topicFilter="~/t" subscriptionIdentifier=2
p connects
p > publish topicName="~/t" payload="x"
a <* publish payload="x" subscriptionIdentifiers=1
a <* publish payload="x" subscriptionIdentifiers=2

[4.8.2] members of a Shared Subscription may have different QoS
needs sharedSubscriptionAvailable=1
a connects
a subscribes topicFilter="$share/g/~/t" qos=0
p connects
p > publish topicName="~/t" qos=1 packetId=1 payload="1"
p < puback packetId=1
a < publish payload="1" qos=0
a > unsubscribe packetId=1 topicFilter="$share/g/~/t"
a < unsuback packetId=1
b connects
b subscribes topicFilter="$share/g/~/t" qos=1
p > publish topicName="~/t" qos=1 packetId=2 payload="2"
p < puback packetId=2
b < publish payload="2" qos=1
a quiet

[MQTT-4.8.2-4] a message that waits for an absent member comes when it is back, if there is nobody else
needs sharedSubscriptionAvailable=1
a connects cleanStart=0 sessionExpiryInterval=100
a subscribes topicFilter="$share/g/~/t" qos=2
a leaves
p connects
p > publish topicName="~/t" qos=2 packetId=1 payload="1"
p < pubrec packetId=1
p > pubrel packetId=1
p < pubcomp packetId=1
a connects cleanStart=0
a < publish payload="1" qos=2
`
