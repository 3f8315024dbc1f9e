/**
 * Section 3.3: PUBLISH. Retained messages have a file of their own.
 * It is over 300 lines because the cases of a section are looked through together.
 */

export const publish: string = `
[MQTT-3.3.1-1] [MQTT-4.4.0-1] [MQTT311-3.3.1-1] [MQTT311-4.4.0-1] a PUBLISH that is delivered again has DUP 1 and its Packet Identifier
a connects cleanStart=0 sessionExpiryInterval=100
a subscribes topicFilter="~/t" qos=1
b connects
b > publish topicName="~/t" qos=1 packetId=1 payload="x"
b < puback packetId=1
a < publish payload="x" dup=0 packetId=$p
a cut
a connects cleanStart=0 sessionExpiryInterval=100
a < publish payload="x" dup=1 packetId=$p qos=1
a > puback packetId=$p
a quiet

[MQTT-3.3.1-2] [MQTT311-3.3.1-2] DUP 1 in a QoS 0 PUBLISH is not carried on
b connects
b subscribes topicFilter="~/t" qos=0
a connects
a > publish topicName="~/t" payload="x" dup=1 + pingreq
a < pingresp or closed 0x81 0x82
b <? publish payload="x" dup=0
b quiet

[MQTT-3.3.1-2] [MQTT-4.3.1-1] [MQTT311-3.3.1-2] [MQTT311-4.3.1-1] a QoS 0 PUBLISH of the server has DUP 0
a connects
a subscribes topicFilter="~/t" qos=2
a > publish topicName="~/t" payload="x"
a < publish payload="x" qos=0 dup=0 packetId=-

[MQTT-3.3.1-3] [MQTT311-3.3.1-3] DUP is not carried on from the publisher to the subscriber
a connects
a subscribes topicFilter="~/t" qos=1
b connects
b > publish topicName="~/t" qos=1 packetId=1 dup payload="x"
b < puback packetId=1
a < publish payload="x" dup=0

[MQTT-3.3.1-4] [MQTT311-3.3.1-4] both QoS bits set
a connects
a > publish topicName="~/t" qos=3 packetId=1
a closed 0x81

[MQTT-3.3.2-1] [MQTT311-3.3.2-1] a Topic Name that is no string
a connects
a > 30 { [ ff ] @{} }
a closed 0x81 0x90

[MQTT-3.3.2-1] [MQTT311-3.3.2-1] a PUBLISH without Topic Name
a connects
a > 30 {}
a closed 0x81 0x82

[MQTT-3.3.2-1] [MQTT-4.7.3-1] [MQTT311-4.7.3-1] an empty Topic Name without Topic Alias
a connects
a > publish topicName="" payload="x"
a closed 0x81 0x82 0x90

[MQTT-3.3.2-2] [MQTT-4.7.0-1] [MQTT311-3.3.2-2] [MQTT311-4.7.1-1] a Topic Name with #
a connects
a > publish topicName="~/#" payload="x"
a closed 0x81 0x82 0x90

[MQTT-3.3.2-2] [MQTT-4.7.0-1] [MQTT311-3.3.2-2] [MQTT311-4.7.1-1] a Topic Name with +
a connects
a > publish topicName="~/+/a" payload="x"
a closed 0x81 0x82 0x90

[MQTT-3.3.2-2] [MQTT311-3.3.2-2] a Topic Name with a + in the middle of a level
a connects
a > publish topicName="~/a+b" payload="x"
a closed 0x81 0x82 0x90

[MQTT-3.3.2-3] [MQTT311-3.3.2-3] the Topic Name that is sent matches the filter
a connects
a subscribes topicFilter="~/a/+"
a > publish topicName="~/a/b" + publish topicName="~/a" + publish topicName="~/b/a" + publish topicName="~/a/b/c"
a < publish topicName="~/a/b"
a quiet

[MQTT-3.3.2-4] the Payload Format Indicator is sent on
a connects
a subscribes topicFilter="~/t"
a > publish topicName="~/t" payloadFormatIndicator=1 payload="é" + publish topicName="~/t" payloadFormatIndicator=0 payload="x"
a < publish payloadFormatIndicator=1 payload="é"
a < publish payloadFormatIndicator=-|0 payload="x"

[3.3.2.3.2] Payload Format Indicator twice
a connects
a > publish topicName="~/t" payloadFormatIndicator=1 payloadFormatIndicator=1
a closed 0x81 0x82

[3.3.2.3.3] Message Expiry Interval twice
a connects
a > publish topicName="~/t" messageExpiryInterval=1 messageExpiryInterval=1
a closed 0x81 0x82

[MQTT-3.3.2-5] a message that expires before its receiver comes is not sent
slow
a connects cleanStart=0 sessionExpiryInterval=100
a subscribes topicFilter="~/t" qos=1
a leaves
b connects
b > publish topicName="~/t" qos=1 packetId=1 messageExpiryInterval=1 payload="short"
b < puback packetId=1
b > publish topicName="~/t" qos=1 packetId=2 messageExpiryInterval=100 payload="long"
b < puback packetId=2
wait 2.5
a connects cleanStart=0
a < publish payload="long"
a quiet

[MQTT-3.3.2-5] a retained message that has expired is not sent
slow
needs retainAvailable=1
a connects
a > publish topicName="~/t" retain qos=1 packetId=1 messageExpiryInterval=1 payload="short"
a < puback packetId=1
wait 2.5
a subscribes topicFilter="~/t"
a quiet

[MQTT-3.3.2-6] Message Expiry Interval is what is left of it
slow
a connects cleanStart=0 sessionExpiryInterval=100
a subscribes topicFilter="~/t" qos=1
a leaves
b connects
b > publish topicName="~/t" qos=1 packetId=1 messageExpiryInterval=60 payload="x"
b < puback packetId=1
wait 3
a connects cleanStart=0
a < publish payload="x" messageExpiryInterval=57|56|55

[MQTT-3.3.2-6] Message Expiry Interval of a message that did not wait
a connects
a subscribes topicFilter="~/t"
a > publish topicName="~/t" messageExpiryInterval=60
a < publish messageExpiryInterval=60|59

[MQTT-3.3.2-6] a message without Message Expiry Interval gets none
a connects
a subscribes topicFilter="~/t"
a > publish topicName="~/t"
a < publish messageExpiryInterval=-

[MQTT-3.3.2-7] a Topic Alias does not outlive its connection
needs topicAliasMaximum>=1
a connects cleanStart=0 sessionExpiryInterval=100
a > publish topicName="~/t" topicAlias=1 qos=1 packetId=1
a < puback packetId=1
a leaves
a connects cleanStart=0
a > publish topicName="" topicAlias=1
a closed 0x82 0x94

[MQTT-3.3.2-7] a Topic Alias belongs to one connection
needs topicAliasMaximum>=1
a connects
a > publish topicName="~/t" topicAlias=1 qos=1 packetId=1
a < puback packetId=1
b connects
b > publish topicName="" topicAlias=1
b closed 0x82 0x94

[MQTT-3.3.2-8] a Topic Alias of 0
a connects
a > publish topicName="~/t" topicAlias=0
a closed 0x94 0x82 0x81

[3.3.2.3.4] Topic Alias twice
needs topicAliasMaximum>=2
a connects
a > publish topicName="~/t" topicAlias=1 topicAlias=2
a closed 0x82 0x81

[3.3.2.3.4] a Topic Alias stands for its topic, and may be set again
needs topicAliasMaximum>=1
a connects
a subscribes topicFilter="~/#"
a > publish topicName="~/1" topicAlias=1 payload="a"
a < publish topicName="~/1" payload="a"
a > publish topicName="" topicAlias=1 payload="b"
a < publish topicName="~/1" payload="b"
a > publish topicName="~/2" topicAlias=1 payload="c"
a < publish topicName="~/2" payload="c"
a > publish topicName="" topicAlias=1 payload="d"
a < publish topicName="~/2" payload="d"

[3.3.2.3.4] the aliases of the two directions are independent
needs topicAliasMaximum>=1
a connects topicAliasMaximum=10
a subscribes topicFilter="~/#"
b connects
b > publish topicName="~/1"
a < publish topicName="~/1"
a > publish topicName="~/2" topicAlias=1
a < publish topicName="~/2"
b > publish topicName="~/1"
a < publish topicName="~/1"
a > publish topicName="" topicAlias=1
a < publish topicName="~/2"

[3.3.2.3.4] a Topic Alias without topic that was never set
needs topicAliasMaximum>=1
a connects
a > publish topicName="" topicAlias=1
a closed 0x82 0x94

[MQTT-3.3.2-13] a Response Topic that is no string
a connects
a > 30 { "~/t" { 08 [ ff ] } }
a closed 0x81 0x82

[MQTT-3.3.2-14] a Response Topic with a wildcard
a connects
a > publish topicName="~/t" responseTopic="~/+"
a closed 0x82 0x81 0x90

[3.3.2.3.5] Response Topic twice
a connects
a > publish topicName="~/t" responseTopic="~/1" responseTopic="~/2"
a closed 0x82 0x81

[3.3.2.3.6] Correlation Data twice
a connects
a > publish topicName="~/t" correlationData="1" correlationData="2"
a closed 0x82 0x81

[3.3.2.3.9] Content Type twice
a connects
a > publish topicName="~/t" contentType="1" contentType="2"
a closed 0x82 0x81

[MQTT-3.3.2-15] [MQTT-3.3.2-16] Response Topic and Correlation Data are sent on
a connects
a subscribes topicFilter="~/t"
b connects
b subscribes topicFilter="~/t"
b > publish topicName="~/t" responseTopic="~/answers" correlationData=hex:00ff00
a < publish responseTopic="~/answers" correlationData=hex:00ff00
b < publish responseTopic="~/answers" correlationData=hex:00ff00

[MQTT-3.3.2-17] [MQTT-3.3.2-18] User Properties are sent on, all of them and in their order
a connects
a subscribes topicFilter="~/t" qos=1
a > publish topicName="~/t" userProperty="b=1" contentType="x" userProperty="a=2" userProperty="b=1" userProperty="=" userProperty="é=€"
a < publish userProperty="b=1" userProperty="a=2" userProperty="b=1" userProperty="=" userProperty="é=€"

[MQTT-3.3.2-17] [MQTT-3.3.2-18] a message that waited keeps its User Properties
a connects cleanStart=0 sessionExpiryInterval=100
a subscribes topicFilter="~/t" qos=1
a leaves
b connects
b > publish topicName="~/t" qos=1 packetId=1 userProperty="b=1" userProperty="a=2" responseTopic="~/r" correlationData="c" contentType="x" payloadFormatIndicator=1
b < puback packetId=1
a connects cleanStart=0
a < publish userProperty="b=1" userProperty="a=2" responseTopic="~/r" correlationData="c" contentType="x" payloadFormatIndicator=1

[MQTT-3.3.2-19] a Content Type that is no string
a connects
a > 30 { "~/t" { 03 [ ff ] } }
a closed 0x81 0x82

[MQTT-3.3.2-20] the Content Type is sent on
a connects
a subscribes topicFilter="~/t"
a > publish topicName="~/t" contentType="text/plain; charset=utf-8"
a < publish contentType="text/plain; charset=utf-8"

[3.3.2.3] a subscriber that does not speak 5.0 gets the message without properties
in 4
a connects
a subscribes topicFilter="~/t" qos=1
a > publish topicName="~/t" payload="x"
a < 30 { "~/t" 'x' }

[MQTT-3.3.4-1] [MQTT311-3.3.4-1] QoS 0 is not answered, QoS 1 with PUBACK, QoS 2 with PUBREC
a connects
a > publish topicName="~/t" payload="0"
a quiet
a > publish topicName="~/t" qos=1 packetId=1
a < puback packetId=1
a > publish topicName="~/t" qos=2 packetId=2
a < pubrec packetId=2
a quiet

[MQTT-3.3.4-2] [MQTT311-3.3.5-1] overlapping subscriptions: at the highest QoS of them
a connects
a subscribes topicFilter="~/t" qos=0
a subscribes topicFilter="~/#" qos=2
a subscribes topicFilter="~/+" qos=1
b connects
b > publish topicName="~/t" qos=2 packetId=1 payload="x"
b < pubrec packetId=1
b > pubrel packetId=1
b < pubcomp packetId=1
// One copy, or one for each subscription; the one at QoS 2 must be there.
a <? publish payload="x" qos=0
a <? publish payload="x" qos=1
a < publish payload="x" qos=2

[MQTT-3.3.4-3] [MQTT-3.3.4-4] [MQTT-3.3.4-5] the Subscription Identifiers of overlapping subscriptions are all there
needs subscriptionIdentifierAvailable=1
a connects
a subscribes subscriptionIdentifier=7 topicFilter="~/t"
a subscribes subscriptionIdentifier=9 topicFilter="~/#"
a > publish topicName="~/t" payload="x"
// One copy with both, or one for each.
a < publish subscriptionIdentifiers=7,9 or publish subscriptionIdentifiers=9,7 or publish subscriptionIdentifiers=7 or publish subscriptionIdentifiers=9

[MQTT-3.3.4-3] a subscription without identifier has none
a connects
a subscribes topicFilter="~/t"
a > publish topicName="~/t"
a < publish subscriptionIdentifiers=-

[MQTT-3.3.4-3] the Subscription Identifier belongs to the session
needs subscriptionIdentifierAvailable=1
a connects cleanStart=0 sessionExpiryInterval=100
a subscribes subscriptionIdentifier=42 topicFilter="~/t" qos=1
a leaves
b connects
b > publish topicName="~/t" qos=1 packetId=1
b < puback packetId=1
a connects cleanStart=0 sessionExpiryInterval=100
a < publish subscriptionIdentifiers=42 packetId=$p
a > puback packetId=$p
b > publish topicName="~/t" qos=1 packetId=2
b < puback packetId=2
a < publish subscriptionIdentifiers=42

[MQTT-3.3.4-6] a Subscription Identifier in a PUBLISH of a client
a connects
a > publish topicName="~/t" subscriptionIdentifier=1
a closed 0x82 0x81

[MQTT-3.3.4-7] [MQTT-4.9.0-1] more than Receive Maximum QoS 2 messages that are not released
needs receiveMaximum<=1000
a connects
repeat $receiveMaximum $i: a > publish topicName="~/t" qos=2 packetId=$i
repeat $receiveMaximum $i: a < pubrec packetId=$i
a > publish topicName="~/t" qos=2 packetId=$receiveMaximum+1
a closed 0x93

[MQTT-3.3.4-7] Receive Maximum counts what is not finished: PUBCOMP gives room
needs receiveMaximum<=1000
a connects
repeat $receiveMaximum $i: a > publish topicName="~/t" qos=2 packetId=$i
repeat $receiveMaximum $i: a < pubrec packetId=$i
a > pubrel packetId=1
a < pubcomp packetId=1
a > publish topicName="~/t" qos=2 packetId=$receiveMaximum+1
a < pubrec packetId=$receiveMaximum+1
a quiet

[MQTT-3.3.4-9] [MQTT-4.9.0-2] no more than the client's Receive Maximum is in flight to it
a connects receiveMaximum=2
a subscribes topicFilter="~/t" qos=2
b connects
b > publish topicName="~/t" qos=1 packetId=1 payload="1" + publish topicName="~/t" qos=1 packetId=2 payload="2" + publish topicName="~/t" qos=1 packetId=3 payload="3"
b < puback packetId=1
b < puback packetId=2
b < puback packetId=3
a < publish payload="1" packetId=$p
a < publish payload="2" packetId=$q
a quiet
a > puback packetId=$p
a < publish payload="3" packetId=$r
a > puback packetId=$q + puback packetId=$r
a quiet

[MQTT-3.3.4-9] a QoS 2 message counts against Receive Maximum until PUBCOMP
needs maximumQoS=2
a connects receiveMaximum=1
a subscribes topicFilter="~/t" qos=2
b connects
b > publish topicName="~/t" qos=2 packetId=1 payload="1"
b < pubrec packetId=1
b > pubrel packetId=1
b < pubcomp packetId=1
b > publish topicName="~/t" qos=1 packetId=2 payload="2"
b < puback packetId=2
a < publish payload="1" qos=2 packetId=$p
a quiet
a > pubrec packetId=$p
a < pubrel packetId=$p
a quiet
a > pubcomp packetId=$p
a < publish payload="2"

[MQTT-3.3.4-9] a PUBREC that refuses gives room
needs maximumQoS=2
a connects receiveMaximum=1
a subscribes topicFilter="~/t" qos=2
b connects
b > publish topicName="~/t" qos=2 packetId=1 payload="1"
b < pubrec packetId=1
b > pubrel packetId=1
b < pubcomp packetId=1
b > publish topicName="~/t" qos=1 packetId=2 payload="2"
b < puback packetId=2
a < publish payload="1" qos=2 packetId=$p
a > pubrec packetId=$p reasonCode=0x80
a < publish payload="2"

[MQTT-3.3.4-10] [MQTT-4.9.0-3] other packets are not held back when the quota is used up
a connects receiveMaximum=1
a subscribes topicFilter="~/t" qos=1
b connects
b > publish topicName="~/t" qos=1 packetId=1 payload="1"
b < puback packetId=1
b > publish topicName="~/t" qos=1 packetId=2 payload="2"
b < puback packetId=2
a < publish payload="1" packetId=$p
a quiet
a > subscribe packetId=5 topicFilter="~/u"
a < suback packetId=5
a > publish topicName="~/v" qos=1 packetId=6
a < puback packetId=6
a > unsubscribe packetId=7 topicFilter="~/u"
a < unsuback packetId=7

[MQTT-4.9.0-2] QoS 0 does not count against Receive Maximum
a connects receiveMaximum=1
a subscribes topicFilter="~/1" qos=1
a subscribes topicFilter="~/0" qos=0
b connects
b > publish topicName="~/1" qos=1 packetId=1 payload="1"
b < puback packetId=1
a < publish payload="1"
b > publish topicName="~/0" payload="0"
a < publish payload="0"

[MQTT-4.9.0-1] the quota begins anew with each connection
a connects cleanStart=0 sessionExpiryInterval=100 receiveMaximum=1
a subscribes topicFilter="~/t" qos=1
b connects
b > publish topicName="~/t" qos=1 packetId=1 payload="1"
b < puback packetId=1
b > publish topicName="~/t" qos=1 packetId=2 payload="2"
b < puback packetId=2
a < publish payload="1" packetId=$p
a cut
a connects cleanStart=0 receiveMaximum=2
a < publish payload="1" packetId=$p dup=1
a < publish payload="2" dup=0

[3.3.3] a payload of every byte, untouched
a connects
a subscribes topicFilter="~/t"
4: a > 30 { "~/t" 00ff80c3280a0d1a }
4: a < 30 { "~/t" 00ff80c3280a0d1a }
5: a > 30 { "~/t" {} 00ff80c3280a0d1a }
5: a < 30 { "~/t" {} 00ff80c3280a0d1a }

[3.3.3] [MQTT311-3.3.3] a payload of no bytes
a connects
a subscribes topicFilter="~/t"
a > publish topicName="~/t" payload=""
a < publish topicName="~/t" payload=""

[3.3.3] [MQTT311-3.3.3] a payload of 100,000 bytes
needs maximumPacketSize>=101000
a connects
a subscribes topicFilter="~/t" qos=1
b connects
b > publish topicName="~/t" qos=1 packetId=1 payload="0123456789"*10000
b < puback packetId=1
a < publish topicName="~/t" payload="0123456789"*10000
`
