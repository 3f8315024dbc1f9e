/** Sections 3.1.2.4, 3.1.2.11.2, 3.2.2.1.1, 4.1: what a session is and how long it lives. */

export const session: string = `
[MQTT-3.1.2-4] [MQTT-3.2.2-2] [MQTT311-3.1.2-6] [MQTT311-3.2.2-1] Clean Start begins anew: the earlier subscriptions are gone
a connects cleanStart=0 sessionExpiryInterval=100
a subscribes topicFilter="~/t" qos=1
a leaves
a > connect cleanStart=1
a < connack sessionPresent=0
b connects
b > publish topicName="~/t" qos=1 packetId=1 payload="x"
b < puback packetId=1
a quiet

[MQTT-3.1.2-4] [MQTT-3.1.4-4] [MQTT311-3.1.2-6] [MQTT311-3.1.4-3] Clean Start discards what waited
a connects cleanStart=0 sessionExpiryInterval=100
a subscribes topicFilter="~/t" qos=1
a leaves
b connects
b > publish topicName="~/t" qos=1 packetId=1 payload="x"
b < puback packetId=1
a connects cleanStart=1
a quiet

[MQTT311-3.1.2-6] a session that began with Clean Session 1 is not there afterwards
a connects cleanStart=1
a subscribes topicFilter="~/t" qos=1
a leaves
a > connect cleanStart=0
a < connack sessionPresent=0
b connects
b > publish topicName="~/t" qos=1 packetId=1 payload="x"
b < puback packetId=1
a quiet

[MQTT-3.1.2-5] [MQTT-3.2.2-3] [MQTT-3.1.2-23] [MQTT311-3.1.2-4] [MQTT311-3.2.2-2] [MQTT311-4.1.0-1] a session is carried on with its subscriptions
a connects cleanStart=0 sessionExpiryInterval=100
a subscribes topicFilter="~/t" qos=1
a leaves
a > connect cleanStart=0 sessionExpiryInterval=100
a < connack sessionPresent=1
b connects
b > publish topicName="~/t" qos=1 packetId=1 payload="x"
b < puback packetId=1
a < publish topicName="~/t" payload="x" qos=1

[MQTT-3.1.2-5] [MQTT-4.5.0-1] [MQTT311-3.1.2-5] [MQTT311-4.5.0-1] messages wait for a session that is away, in their order
a connects cleanStart=0 sessionExpiryInterval=100
a subscribes topicFilter="~/#" qos=2
a leaves
b connects
b > publish topicName="~/1" qos=1 packetId=1 payload="one"
b < puback packetId=1
b > publish topicName="~/2" qos=2 packetId=2 payload="two"
b < pubrec packetId=2
b > pubrel packetId=2
b < pubcomp packetId=2
b > publish topicName="~/3" qos=1 packetId=3 payload="three"
b < puback packetId=3
a > connect cleanStart=0
a < connack sessionPresent=1
a < publish payload="one" qos=1 dup=0
a < publish payload="two" qos=2 dup=0
a < publish payload="three" qos=1 dup=0

[MQTT-3.1.2-5] [MQTT311-3.1.2-4] a connection that breaks leaves its session like one that was closed
a connects cleanStart=0 sessionExpiryInterval=100
a subscribes topicFilter="~/t" qos=1
a cut
b connects
b > publish topicName="~/t" qos=1 packetId=1 payload="x"
b < puback packetId=1
a > connect cleanStart=0
a < connack sessionPresent=1
a < publish topicName="~/t" payload="x" qos=1

[MQTT-3.1.2-5] [MQTT311-3.1.2-4] a session is taken over while its connection stands
a connects clientId="~x" cleanStart=0 sessionExpiryInterval=100
a subscribes topicFilter="~/t" qos=1
b > connect clientId="~x" cleanStart=0 sessionExpiryInterval=100
b < connack sessionPresent=1
a closed 0x8e
c connects
c > publish topicName="~/t" qos=1 packetId=1 payload="x"
c < puback packetId=1
b < publish topicName="~/t" payload="x" qos=1

[MQTT-3.1.2-6] [MQTT-3.2.2-3] [MQTT311-3.1.2-4] [MQTT311-3.2.2-3] without an earlier session there is a new one
a > connect cleanStart=0 sessionExpiryInterval=1
a < connack sessionPresent=0

[MQTT311-3.1.2-7] retained messages do not end with a session
needs retainAvailable=1
a connects
a > publish topicName="~/t" retain payload="kept" qos=1 packetId=1
a < puback packetId=1
a leaves
a connects
a subscribes topicFilter="~/t"
a < publish topicName="~/t" retain=1 payload="kept"

[MQTT-3.1.3-2] [MQTT311-3.1.3-2] the session belongs to the Client Identifier
a connects clientId="~x" cleanStart=0 sessionExpiryInterval=100
a leaves
b > connect clientId="~y" cleanStart=0 sessionExpiryInterval=100
b < connack sessionPresent=0
c > connect clientId="~x" cleanStart=0 sessionExpiryInterval=100
c < connack sessionPresent=1

[MQTT-4.1.0-1] [MQTT311-4.1.0-2] a session lasts at least as long as its connection
slow
a connects sessionExpiryInterval=1
a subscribes topicFilter="~/t" qos=1
wait 3
a > publish topicName="~/t" qos=1 packetId=1 payload="x"
a <* puback packetId=1
a <* publish topicName="~/t" payload="x"

[MQTT-4.1.0-2] a session ends when its Session Expiry Interval has passed
slow
a connects sessionExpiryInterval=1
a leaves
wait 3
a > connect cleanStart=0
a < connack sessionPresent=0

[MQTT-4.1.0-2] a session without Session Expiry Interval ends with its connection
a connects
a subscribes topicFilter="~/t" qos=1
a leaves
a > connect cleanStart=0
a < connack sessionPresent=0

[3.1.2.11.2] a session is there before its Session Expiry Interval has passed
slow
a connects sessionExpiryInterval=60
a leaves
wait 2
a > connect cleanStart=0
a < connack sessionPresent=1

[3.1.2.11.2] the Session Expiry Interval of the last CONNECT counts
a connects sessionExpiryInterval=60
a leaves
a connects cleanStart=0 sessionExpiryInterval=0
a leaves
a > connect cleanStart=0
a < connack sessionPresent=0

[3.14.2.2.2] DISCONNECT may change the Session Expiry Interval to 0
a connects sessionExpiryInterval=60
a leaves sessionExpiryInterval=0
a > connect cleanStart=0
a < connack sessionPresent=0

[3.14.2.2.2] DISCONNECT may make the Session Expiry Interval longer
slow
a connects sessionExpiryInterval=1
a leaves sessionExpiryInterval=60
wait 3
a > connect cleanStart=0
a < connack sessionPresent=1

[3.14.2.2.2] DISCONNECT must not give a Session Expiry Interval to a session without one
a connects sessionExpiryInterval=0
a > disconnect sessionExpiryInterval=60
a closed 0x82

[4.1] subscriptions belong to the session: UNSUBSCRIBE holds after a reconnect
a connects cleanStart=0 sessionExpiryInterval=100
a subscribes topicFilter="~/t" qos=1
a > unsubscribe packetId=1 topicFilter="~/t"
a < unsuback packetId=1
a leaves
b connects
b > publish topicName="~/t" qos=1 packetId=1 payload="x"
b < puback packetId=1
a connects cleanStart=0 sessionExpiryInterval=100
a quiet

[MQTT-3.1.2-4] Clean Start takes a session from the connection that has it
a connects clientId="~x" sessionExpiryInterval=100
a subscribes topicFilter="~/t" qos=1
b > connect clientId="~x" cleanStart=1
b < connack sessionPresent=0
a closed 0x8e
b > publish topicName="~/t" qos=1 packetId=1
b < puback packetId=1
b quiet

[MQTT-3.1.2-23] [MQTT311-3.1.2-4] what was received at QoS 2 and not released is part of the session
a connects cleanStart=0 sessionExpiryInterval=100
a > publish topicName="~/t" qos=2 packetId=5
a < pubrec packetId=5
a leaves
a connects cleanStart=0 sessionExpiryInterval=100
a > pubrel packetId=5
a < pubcomp packetId=5 5:reasonCode=0

[4.1] [MQTT311-4.1] a session survives a connection of another version
in 4
a connects cleanStart=0
a subscribes topicFilter="~/t" qos=1
a leaves
b connects
b > publish topicName="~/t" qos=1 packetId=1 payload="x"
b < puback packetId=1
a > connect cleanStart=0
a < connack sessionPresent=1
a < publish payload="x"
`
