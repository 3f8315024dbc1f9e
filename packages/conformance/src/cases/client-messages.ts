/**
 * A client under test: messages both ways, subscriptions, flow.
 * It is over 300 lines because the cases of a section are looked through together.
 */

export const clientMessages: string = `
[MQTT-2.2.1-2] [MQTT-3.3.1-2] [MQTT-4.3.1-1] [MQTT-2.2.2-1] [MQTT311-2.3.1-5] [MQTT311-3.3.1-2] [MQTT311-4.3.1-1] a QoS 0 PUBLISH has no Packet Identifier and DUP 0
role client
do connect
s welcomes
do publish topicName="~/t" payload="x"
s < 30 { "~/t" @{} 'x' }

[MQTT-2.2.1-3] [MQTT-4.3.2-1] [MQTT-4.3.3-1] [MQTT311-2.3.1-1] [MQTT311-2.3.1-2] each request has a Packet Identifier that is not 0 and not in use
role client
do connect
s welcomes
do publish topicName="~/t" qos=1 payload="1"
s < publish payload="1" packetId=$p
do publish topicName="~/t" qos=2 payload="2"
s < publish payload="2" packetId=!$p
do publish topicName="~/t" qos=1 payload="3"
s < publish payload="3" packetId=!$p
do subscribe topicFilter="~/u"
s < subscribe packetId=!$p

[MQTT-2.2.1-5] [MQTT-3.3.4-1] [MQTT-4.3.2-4] [MQTT311-2.3.1-6] [MQTT311-3.3.4-1] [MQTT311-4.3.2-2] a QoS 1 PUBLISH is answered with PUBACK of its Packet Identifier
role client
do connect
s welcomes
s > publish topicName="~/t" qos=1 packetId=513
s < 40 02 0201

[4.5] [MQTT311-4.5] a message outside every subscription is acknowledged
role client
do connect
s welcomes
s > publish topicName="~/nobody" qos=1 packetId=7
s < puback packetId=7
s > publish topicName="~/nobody" qos=2 packetId=8
s < pubrec packetId=8
s > pubrel packetId=8
s < pubcomp packetId=8

[MQTT-4.3.2-2] [MQTT-4.3.2-3] [MQTT-3.1.2-23] [MQTT311-4.3.2-1] [MQTT311-4.1.0-1] QoS 1, sending: DUP 0 first, unacknowledged until PUBACK
role client
slow
do connect cleanStart=0 sessionExpiryInterval=100
s welcomes
do publish topicName="~/t" qos=1 payload="x"
s < publish payload="x" qos=1 dup=0 packetId=$p
s cut
wait 5
s welcomes sessionPresent=1
s < publish payload="x" qos=1 dup=1 packetId=$p
s > puback packetId=$p
s quiet
s cut
wait 5
s welcomes sessionPresent=1
s quiet

[MQTT-3.3.1-1] [MQTT-4.4.0-1] [MQTT311-3.3.1-1] [MQTT311-4.4.0-1] [MQTT311-2.3.1-3] what is sent again has DUP 1 and its Packet Identifier
role client
slow
do connect cleanStart=0 sessionExpiryInterval=100
s welcomes
do publish topicName="~/t" qos=2 payload="x"
s < publish payload="x" dup=0 packetId=$p
s cut
wait 5
s welcomes sessionPresent=1
s < publish payload="x" dup=1 packetId=$p

[MQTT-4.4.0-1] nothing is sent again while the connection stands
role client
slow
do connect keepAlive=0
s welcomes
do publish topicName="~/t" qos=1 payload="x"
s < publish payload="x"
wait 100
s quiet

[MQTT-4.3.2-5] [MQTT311-4.3.2-2] QoS 1, receiving: the same Packet Identifier again is acknowledged again
role client
do connect
s welcomes
s > publish topicName="~/t" qos=1 packetId=7
s < puback packetId=7
s > publish topicName="~/t" qos=1 packetId=7 dup
s < puback packetId=7

[MQTT-4.3.3-2] [MQTT-4.3.3-4] [MQTT-3.6.1-1] [MQTT311-4.3.3-1] [MQTT311-3.6.1-1] QoS 2, sending: PUBLISH, PUBREC, PUBREL, PUBCOMP with one Packet Identifier
role client
do connect
s welcomes
do publish topicName="~/t" qos=2 payload="x"
s < publish payload="x" qos=2 dup=0 packetId=$p
s > pubrec packetId=$p
s < 62 { u16:$p }
s > pubcomp packetId=$p
s quiet

[MQTT-4.3.3-3] [MQTT-4.3.3-5] [MQTT-4.3.3-6] [MQTT311-4.3.3-1] QoS 2, sending: PUBLISH until PUBREC, PUBREL until PUBCOMP
role client
slow
do connect cleanStart=0 sessionExpiryInterval=100
s welcomes
do publish topicName="~/t" qos=2 payload="x"
s < publish packetId=$p
s cut
wait 5
s welcomes sessionPresent=1
s < publish dup=1 packetId=$p
s > pubrec packetId=$p
s < pubrel packetId=$p
s cut
wait 5
s welcomes sessionPresent=1
s < pubrel packetId=$p
s > pubcomp packetId=$p
s quiet

[MQTT-4.3.3-8] [MQTT-4.3.3-11] [MQTT311-4.3.3-2] QoS 2, receiving: PUBREC, and PUBCOMP for PUBREL
role client
do connect
s welcomes
s > publish topicName="~/t" qos=2 packetId=7
s < pubrec packetId=7
s > pubrel packetId=7
s < pubcomp packetId=7
s > pubrel packetId=99
s < pubcomp packetId=99 5:reasonCode=0x92|0

[MQTT-4.3.3-10] [MQTT-4.3.3-12] [MQTT311-4.3.3-2] QoS 2, receiving: the same Packet Identifier again gets PUBREC, and is new after PUBCOMP
role client
do connect
s welcomes
s > publish topicName="~/t" qos=2 packetId=7
s < pubrec packetId=7
s > publish topicName="~/t" qos=2 packetId=7 dup
s < pubrec packetId=7
s > pubrel packetId=7
s < pubcomp packetId=7
s > publish topicName="~/t" qos=2 packetId=7
s < pubrec packetId=7
s > pubrel packetId=7
s < pubcomp packetId=7

[MQTT-4.3.3-13] QoS 2, receiving: the exchange goes on though the message has expired
role client
slow
do connect keepAlive=0
s welcomes
s > publish topicName="~/t" qos=2 packetId=7 messageExpiryInterval=1
s < pubrec packetId=7
wait 5
s > pubrel packetId=7
s < pubcomp packetId=7 reasonCode=0

[MQTT-4.1.0-1] [MQTT311-4.1.0-2] the session is kept while the connection stands
role client
slow
do connect keepAlive=0 cleanStart=0 sessionExpiryInterval=1
s welcomes
do publish topicName="~/t" qos=2 payload="x"
s < publish packetId=$p
wait 100
s > pubrec packetId=$p
s < pubrel packetId=$p
wait 100
s > pubcomp packetId=$p
s quiet

[MQTT-3.4.2-2] [MQTT-3.4.2-3] [MQTT-3.5.2-2] [MQTT-3.5.2-3] [MQTT-3.6.2-2] [MQTT-3.6.2-3] [MQTT-3.7.2-2] [MQTT-3.7.2-3] the client's acknowledgements fit the server's Maximum Packet Size
role client
do connect
s welcomes maximumPacketSize=10
s > publish topicName="~/t" qos=1 packetId=1
s < puback packetId=1
s > publish topicName="~/t" qos=2 packetId=2
s < pubrec packetId=2
s > pubrel packetId=2
s < pubcomp packetId=2
s > pubrel packetId=99
s < pubcomp packetId=99 reasonCode=* reasonString=- userProperty=-
s > pubrec packetId=99
s < pubrel packetId=99 reasonCode=* reasonString=- userProperty=-

[MQTT-4.4.0-2] a PUBLISH that the server refused is not sent again
role client
slow
do connect cleanStart=0 sessionExpiryInterval=100
s welcomes
do publish topicName="~/t" qos=1 payload="x"
s < publish packetId=$p
s > puback packetId=$p reasonCode=0x87
s quiet
do publish topicName="~/t" qos=2 payload="y"
s < publish payload="y" packetId=$q
s > pubrec packetId=$q reasonCode=0x97
s quiet
s cut
wait 5
s welcomes sessionPresent=1
s quiet

[MQTT-4.6.0-1] [MQTT311-4.6.0-1] what is sent again keeps its order
role client
slow
do connect cleanStart=0 sessionExpiryInterval=100
s welcomes
do publish topicName="~/t" qos=1 payload="1"
do publish topicName="~/t" qos=2 payload="2"
do publish topicName="~/t" qos=1 payload="3"
s < publish payload="1"
s < publish payload="2"
s < publish payload="3"
s cut
wait 5
s welcomes sessionPresent=1
s < publish payload="1" dup=1
s < publish payload="2" dup=1
s < publish payload="3" dup=1

[MQTT-4.6.0-2] [MQTT-4.6.0-3] [MQTT311-4.6.0-2] [MQTT311-4.6.0-3] PUBACK and PUBREC have the order of PUBLISH
role client
do connect
s welcomes
s > publish topicName="~/1" qos=1 packetId=3 + publish topicName="~/2" qos=1 packetId=1 + publish topicName="~/3" qos=1 packetId=2
s < puback packetId=3
s < puback packetId=1
s < puback packetId=2
s > publish topicName="~/1" qos=2 packetId=6 + publish topicName="~/2" qos=2 packetId=4
s < pubrec packetId=6
s < pubrec packetId=4

[MQTT-4.6.0-4] [MQTT311-4.6.0-4] PUBREL has the order of PUBREC
role client
do connect
s welcomes
do publish topicName="~/t" qos=2 payload="1"
do publish topicName="~/t" qos=2 payload="2"
s < publish payload="1" packetId=$p
s < publish payload="2" packetId=$q
s > pubrec packetId=$q + pubrec packetId=$p
s < pubrel packetId=$q
s < pubrel packetId=$p

[MQTT-3.2.2-11] no PUBLISH above the server's Maximum QoS
role client
do connect
s welcomes maximumQoS=0
do publish topicName="~/t" qos=1 payload="x"
s <? publish qos=0
s quiet

[MQTT-3.2.2-14] no RETAIN where the server retains nothing
role client
do connect
s welcomes retainAvailable=0
do publish topicName="~/t" retain payload="x"
s <? publish retain=0
s quiet

[MQTT-3.2.2-15] no packet above the server's Maximum Packet Size
role client
do connect
s welcomes maximumPacketSize=60
do publish topicName="~/t" payload="x"*60
do publish topicName="~/t" qos=1 payload="x"*60
s quiet
do publish topicName="~/t" payload="y"
s < publish payload="y"

[MQTT-3.2.2-17] [MQTT-3.3.2-9] [MQTT-3.3.2-8] no Topic Alias above the server's maximum, nor 0
role client
do connect
s welcomes topicAliasMaximum=1
do publish topicName="~/1"
do publish topicName="~/2"
do publish topicName="~/1"
do publish topicName="~/2"
s < publish topicName="~/1" topicAlias=-|1
s < publish topicName="~/2" topicAlias=-|1
s < publish topicName="~/1" topicAlias=-|1
s < publish topicName="~/2" topicAlias=-|1

[MQTT-3.2.2-18] no Topic Alias where the server's maximum is absent
role client
do connect
s welcomes
do publish topicName="~/1"
do publish topicName="~/1"
s < publish topicName="~/1" topicAlias=-
s < publish topicName="~/1" topicAlias=-

[MQTT-3.3.2-7] the client's Topic Aliases end with the connection
role client
slow
do connect cleanStart=0 sessionExpiryInterval=100
s welcomes topicAliasMaximum=5
do publish topicName="~/1"
s < publish topicName="~/1"
s cut
wait 5
s welcomes topicAliasMaximum=5 sessionPresent=1
do publish topicName="~/1"
// On a new connection nobody knows what an alias stood for: an empty Topic Name would stay empty here.
s < publish topicName="~/1"

[MQTT-3.3.2-7] the server's Topic Aliases end with the connection
role client
slow
do connect cleanStart=0 sessionExpiryInterval=100 topicAliasMaximum=5
s welcomes
s > publish topicName="~/1" topicAlias=1 qos=1 packetId=1
s < puback packetId=1
s cut
wait 5
s welcomes sessionPresent=1
s > publish topicName="" topicAlias=1
s closed 0x82 0x94

[MQTT-3.3.2-8] a Topic Alias of 0 from the server
role client
do connect topicAliasMaximum=5
s welcomes
s > publish topicName="~/1" topicAlias=0
s closed 0x94 0x82 0x81

[MQTT-3.3.2-10] every Topic Alias up to the client's maximum is taken
role client
do connect topicAliasMaximum=5
s < connect topicAliasMaximum=5
s > connack
repeat 5 $i: s > publish topicName="~/1" topicAlias=$i qos=1 packetId=$i
repeat 5 $i: s < puback packetId=$i
repeat 5 $i: s > publish topicName="" topicAlias=$i qos=1 packetId=$i
repeat 5 $i: s < puback packetId=$i

[MQTT-3.3.2-11] a Topic Alias above the client's maximum
role client
do connect topicAliasMaximum=5
s welcomes
s > publish topicName="~/1" topicAlias=6
s closed 0x94

[MQTT-3.3.1-4] [MQTT311-3.3.1-4] both QoS bits set by the server
role client
do connect
s welcomes
s > publish topicName="~/t" qos=3 packetId=1
s closed 0x81

[MQTT-3.3.2-2] [MQTT-4.7.0-1] [MQTT311-3.3.2-2] [MQTT311-4.7.1-1] a Topic Name with a wildcard from the server
role client
do connect
s welcomes
s > publish topicName="~/+"
s closed 0x81 0x82 0x90

[MQTT-3.3.2-13] a Response Topic of the server that is no string
role client
do connect
s welcomes
s > 30 { "~/t" { 08 [ ff ] } }
s closed 0x81

[MQTT-3.3.2-14] a Response Topic of the server with a wildcard
role client
do connect
s welcomes
s > publish topicName="~/t" responseTopic="~/+"
s closed 0x81 0x82 0x90

[MQTT-3.3.2-19] a Content Type of the server that is no string
role client
do connect
s welcomes
s > 30 { "~/t" { 03 [ ff ] } }
s closed 0x81

[MQTT-3.3.4-6] a PUBLISH of the client has no Subscription Identifier
role client
do connect
s welcomes
do publish topicName="~/t" qos=1
s < publish subscriptionIdentifiers=-

[MQTT-3.3.4-7] [MQTT-4.9.0-1] [MQTT-4.9.0-2] no more than the server's Receive Maximum is in flight
role client
do connect
s welcomes receiveMaximum=2
do publish topicName="~/t" qos=1 payload="1"
do publish topicName="~/t" qos=2 payload="2"
do publish topicName="~/t" qos=1 payload="3"
s < publish payload="1" packetId=$p
s < publish payload="2" packetId=$q
s quiet
s > pubrec packetId=$q
s < pubrel packetId=$q
s quiet
s > pubcomp packetId=$q
s < publish payload="3"

[MQTT-3.3.4-8] [MQTT-4.9.0-3] nothing but PUBLISH waits for the quota
role client
do connect
s welcomes receiveMaximum=1
do publish topicName="~/t" qos=1 payload="1"
do publish topicName="~/t" qos=1 payload="2"
do subscribe topicFilter="~/u" qos=1
s < publish payload="1"
s < subscribe packetId=$r
s > suback packetId=$r reasonCode=1
s > publish topicName="~/u" qos=2 packetId=9
s < pubrec packetId=9
s > pubrel packetId=9
s < pubcomp packetId=9

[MQTT-3.4.2-1] a PUBACK of the server with a Reason Code that PUBACK does not have
role client
do connect
s welcomes
s > puback packetId=1 reasonCode=0x92
s closed 0x81 0x82

[MQTT-3.5.2-1] a PUBREC of the server with a Reason Code that PUBREC does not have
role client
do connect
s welcomes
s > pubrec packetId=1 reasonCode=0x92
s closed 0x81 0x82

[MQTT-3.6.1-1] [MQTT311-3.6.1-1] a PUBREL of the server with other flags
role client
do connect
s welcomes
s > pubrel first=0x60 packetId=1
s closed 0x81

[MQTT-3.6.2-1] a PUBREL of the server with a Reason Code that PUBREL does not have
role client
do connect
s welcomes
s > pubrel packetId=1 reasonCode=0x10
s closed 0x81 0x82

[MQTT-3.7.2-1] a PUBCOMP of the server with a Reason Code that PUBCOMP does not have
role client
do connect
s welcomes
s > pubcomp packetId=1 reasonCode=0x10
s closed 0x81 0x82

[MQTT-3.8.1-1] [MQTT-3.8.3-1] [MQTT-3.8.3-2] [MQTT311-3.8.1-1] [MQTT311-3.8.3-1] [MQTT311-3.8.3-3] SUBSCRIBE as it should be
role client
do connect
s welcomes
do subscribe topicFilter="~/t" qos=1
s < subscribe packetId=$p
s > suback packetId=$p reasonCode=1
s quiet

[MQTT-3.10.1-1] [MQTT-3.10.3-1] [MQTT-3.10.3-2] [MQTT311-3.10.1-1] [MQTT311-3.10.3-1] [MQTT311-3.10.3-2] UNSUBSCRIBE as it should be
role client
do connect
s welcomes
do subscribe topicFilter="~/t" qos=1
s < subscribe packetId=$p
s > suback packetId=$p reasonCode=1
s quiet
do unsubscribe topicFilter="~/t"
s < unsubscribe topicFilters="~/t"

[MQTT-4.7.1-1] [MQTT-4.7.1-2] [MQTT-4.7.3-1] [MQTT311-4.7.1-2] [MQTT311-4.7.1-3] [MQTT311-4.7.3-1] filters that are not valid are not sent
role client
do connect
s welcomes
do subscribe topicFilter="~/#/a"
do subscribe topicFilter="~/a#"
do subscribe topicFilter=""
s quiet

[MQTT-4.8.2-1] [MQTT-4.8.2-2] [MQTT-3.8.3-4] Shared Subscriptions that are not valid are not sent
role client
do connect
s welcomes
do subscribe topicFilter="$share//~/t"
do subscribe topicFilter="$share/~"
do subscribe topicFilter="$share/~/t" noLocal
s quiet

[MQTT-4.7.0-1] [MQTT-4.7.3-3] [MQTT311-4.7.1-1] [MQTT311-4.7.3-3] Topic Names that are not valid are not sent
role client
do connect
s welcomes
do publish topicName="~/+"
do publish topicName="~/#"
do publish topicName=""
do publish topicName="~"*6000
s quiet

[MQTT-3.3.2-14] a Response Topic with a wildcard is not sent
role client
do connect
s welcomes
do publish topicName="~/t" responseTopic="~/+"
s quiet
`
