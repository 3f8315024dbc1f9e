/** Section 3.3.1.3: retained messages, and what subscription options make of RETAIN. */

export const retained: string = `
[MQTT-3.3.1-5] [MQTT311-3.3.1-5] [MQTT311-3.3.1-6] [MQTT311-3.3.1-8] a retained message goes to a new subscription, with RETAIN 1 and its QoS
needs retainAvailable=1
a connects
a > publish topicName="~/t" retain qos=1 packetId=1 payload="kept"
a < puback packetId=1
b connects
b subscribes topicFilter="~/t" qos=2
b < publish topicName="~/t" retain=1 qos=1 payload="kept" dup=0

[MQTT-3.3.1-5] [MQTT311-3.3.1-5] the last retained message replaces the one before
needs retainAvailable=1
a connects
a > publish topicName="~/t" retain qos=1 packetId=1 payload="old"
a < puback packetId=1
a > publish topicName="~/t" retain qos=1 packetId=2 payload="new"
a < puback packetId=2
b connects
b subscribes topicFilter="~/t" qos=1
b < publish payload="new" retain=1 packetId=$p
b > puback packetId=$p
b quiet

[MQTT311-3.3.1-7] [MQTT-3.3.1-5] a QoS 0 retained message discards the one before
needs retainAvailable=1
a connects
a > publish topicName="~/t" retain qos=1 packetId=1 payload="old"
a < puback packetId=1
a > publish topicName="~/t" retain payload="new"
a quiet
b connects
b subscribes topicFilter="~/t" qos=1
// It should keep the new one, and must not keep the old one.
b <? publish payload="new" retain=1
b quiet

[MQTT-3.3.1-5] [MQTT311-3.3.1-5] one subscription gets the retained messages of all topics that match
needs retainAvailable=1
a connects
a > publish topicName="~/1" retain payload="1" + publish topicName="~/2/x" retain payload="2" + publish topicName="~" retain payload="0"
a > publish topicName="~/s" qos=1 packetId=9
a < puback packetId=9
b connects
b subscribes topicFilter="~/#"
b <* publish topicName="~/1" retain=1 payload="1"
b <* publish topicName="~/2/x" retain=1 payload="2"
b <* publish topicName="~" retain=1 payload="0"
b quiet

[MQTT-3.3.1-6] [MQTT-3.3.1-7] [MQTT311-3.3.1-10] [MQTT311-3.3.1-11] a retained message of no bytes removes the one before
needs retainAvailable=1
a connects
a > publish topicName="~/t" retain qos=1 packetId=1 payload="kept"
a < puback packetId=1
a > publish topicName="~/t" retain qos=1 packetId=2
a < puback packetId=2
b connects
b subscribes topicFilter="~/t"
b quiet

[MQTT-3.3.1-6] [MQTT311-3.3.1-10] a retained message of no bytes goes to those who have subscribed
needs retainAvailable=1
a connects
a subscribes topicFilter="~/t"
a > publish topicName="~/t" retain payload="kept"
a < publish payload="kept"
a > publish topicName="~/t" retain payload=""
a < publish payload="" retain=0

[MQTT-3.3.1-8] [MQTT311-3.3.1-12] a message without RETAIN leaves the retained one alone
needs retainAvailable=1
a connects
a > publish topicName="~/t" retain qos=1 packetId=1 payload="kept"
a < puback packetId=1
a > publish topicName="~/t" qos=1 packetId=2 payload="passing"
a < puback packetId=2
a > publish topicName="~/t" qos=1 packetId=3 payload=""
a < puback packetId=3
b connects
b subscribes topicFilter="~/t"
b < publish payload="kept" retain=1
b quiet

[MQTT-3.3.1-8] [MQTT311-3.3.1-12] a message without RETAIN is not retained
a connects
a > publish topicName="~/t" qos=1 packetId=1 payload="passing"
a < puback packetId=1
b connects
b subscribes topicFilter="~/t"
b quiet

[MQTT-3.3.1-9] Retain Handling 0: each SUBSCRIBE gets the retained messages
needs retainAvailable=1
a connects
a > publish topicName="~/t" retain qos=1 packetId=1 payload="kept"
a < puback packetId=1
a subscribes topicFilter="~/t" retainHandling=0
a < publish payload="kept" retain=1
a subscribes topicFilter="~/t" retainHandling=0
a < publish payload="kept" retain=1

[MQTT-3.3.1-10] Retain Handling 1: only a new subscription gets the retained messages
needs retainAvailable=1
a connects
a > publish topicName="~/t" retain qos=1 packetId=1 payload="kept"
a < puback packetId=1
a subscribes topicFilter="~/t" retainHandling=1
a < publish payload="kept" retain=1
a subscribes topicFilter="~/t" retainHandling=1
a quiet
a > unsubscribe packetId=5 topicFilter="~/t"
a < unsuback packetId=5
a subscribes topicFilter="~/t" retainHandling=1
a < publish payload="kept" retain=1

[MQTT-3.3.1-10] Retain Handling 1: a subscription of a session that is carried on is not new
needs retainAvailable=1
a connects cleanStart=0 sessionExpiryInterval=100
a subscribes topicFilter="~/t" retainHandling=1 qos=1
a leaves
b connects
b > publish topicName="~/t" retain payload="kept"
b quiet
a connects cleanStart=0 sessionExpiryInterval=100
a <? publish payload="kept" retain=0
a subscribes topicFilter="~/t" retainHandling=1 qos=1
a quiet

[MQTT-3.3.1-11] Retain Handling 2: no retained messages
needs retainAvailable=1
a connects
a > publish topicName="~/t" retain qos=1 packetId=1 payload="kept"
a < puback packetId=1
a subscribes topicFilter="~/t" retainHandling=2
a quiet

[MQTT-3.3.1-12] [MQTT311-3.3.1-9] RETAIN is 0 for a subscription that was there before
needs retainAvailable=1
a connects
a subscribes topicFilter="~/t"
b connects
b > publish topicName="~/t" retain payload="x"
a < publish payload="x" retain=0

[MQTT-3.3.1-13] Retain As Published keeps RETAIN as it was
needs retainAvailable=1
a connects
a subscribes topicFilter="~/t" retainAsPublished
b connects
b > publish topicName="~/t" retain payload="1" + publish topicName="~/t" payload="0"
a < publish payload="1" retain=1
a < publish payload="0" retain=0

[MQTT-3.3.1-12] [MQTT-3.3.1-13] RETAIN 1 for a new subscription, whatever Retain As Published says
needs retainAvailable=1
a connects
a > publish topicName="~/t" retain qos=1 packetId=1 payload="kept"
a < puback packetId=1
a subscribes topicFilter="~/t" retainAsPublished=0
a < publish payload="kept" retain=1

[MQTT-3.8.4-8] [MQTT311-3.8.4-6] a retained message at no higher QoS than was granted
needs retainAvailable=1
a connects
a > publish topicName="~/t" retain qos=2 packetId=1 payload="kept"
a < pubrec packetId=1
a > pubrel packetId=1
a < pubcomp packetId=1
b connects
b subscribes topicFilter="~/t" qos=1
b < publish payload="kept" retain=1 qos=1

[3.3.1.3] a retained message keeps its properties
needs retainAvailable=1
a connects
a > publish topicName="~/t" retain qos=1 packetId=1 payload="kept" userProperty="b=1" userProperty="a=2" contentType="x" responseTopic="~/r" correlationData="c" payloadFormatIndicator=1
a < puback packetId=1
b connects
b subscribes topicFilter="~/t"
b < publish payload="kept" userProperty="b=1" userProperty="a=2" contentType="x" responseTopic="~/r" correlationData="c" payloadFormatIndicator=1

[3.3.1.3] a retained message carries the identifier of the subscription that fetched it
needs retainAvailable=1 subscriptionIdentifierAvailable=1
a connects
a > publish topicName="~/t" retain qos=1 packetId=1 payload="kept"
a < puback packetId=1
a subscribes topicFilter="~/#" subscriptionIdentifier=5 retainHandling=2
a subscribes topicFilter="~/t" subscriptionIdentifier=6
a < publish payload="kept" subscriptionIdentifiers=6

[MQTT-3.3.2-6] a retained message says what is left of its Message Expiry Interval
slow
needs retainAvailable=1
a connects
a > publish topicName="~/t" retain qos=1 packetId=1 payload="kept" messageExpiryInterval=60
a < puback packetId=1
wait 3
a subscribes topicFilter="~/t"
a < publish payload="kept" messageExpiryInterval=57|56|55

[MQTT-3.3.1-5] a retained message that was published by Topic Alias is kept under its topic
needs retainAvailable=1 topicAliasMaximum>=1
a connects
a > publish topicName="~/t" topicAlias=1 + publish topicName="" topicAlias=1 retain qos=1 packetId=1 payload="kept"
a < puback packetId=1
b connects
b subscribes topicFilter="~/t"
b < publish topicName="~/t" payload="kept" retain=1
b > publish topicName="~/t" retain
b < publish topicName="~/t" payload=""

[MQTT-3.1.2-24] a retained message that is too large for the subscriber is not sent
needs retainAvailable=1
a connects
a > publish topicName="~/1" retain qos=1 packetId=1 payload="x"*200
a < puback packetId=1
a > publish topicName="~/2" retain qos=1 packetId=2 payload="small"
a < puback packetId=2
b connects maximumPacketSize=100
b subscribes topicFilter="~/#" qos=1
b < publish topicName="~/2" payload="small"
b quiet

[MQTT-4.9.0-2] [MQTT-3.3.4-9] retained messages keep to the client's Receive Maximum
needs retainAvailable=1
a connects
a > publish topicName="~/1" retain qos=1 packetId=1 payload="x" + publish topicName="~/2" retain qos=1 packetId=2 payload="x" + publish topicName="~/3" retain qos=1 packetId=3 payload="x"
repeat 3 $i: a < puback packetId=$i
b connects receiveMaximum=2
b subscribes topicFilter="~/#" qos=1
b < publish packetId=$p payload="x"
b < publish packetId=$q payload="x"
b quiet
b > puback packetId=$p
b < publish packetId=* payload="x"
b quiet
`
