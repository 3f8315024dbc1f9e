/**
 * Section 3.1: CONNECT, without its Will and its session, which have files of their own.
 * It is over 300 lines because the cases of a section are looked through together.
 */

export const connect: string = `
[MQTT-3.1.0-1] [MQTT311-3.1.0-1] [MQTT311-4.8.0-1] a first packet other than CONNECT: PUBLISH
a open
a > publish topicName="~/t" payload="x"
a closed 0x82 0x81

[MQTT-3.1.0-1] [MQTT311-3.1.0-1] a first packet other than CONNECT: PINGREQ
a open
a > pingreq
a closed 0x82 0x81

[MQTT-3.1.0-1] [MQTT311-3.1.0-1] a first packet other than CONNECT: SUBSCRIBE
a open
a > subscribe packetId=1 topicFilter="~/t"
a closed 0x82 0x81

[MQTT-3.1.0-1] a first packet other than CONNECT: AUTH
a open
a > auth reasonCode=0x18 authenticationMethod="m"
a closed 0x82 0x81

[MQTT-3.1.0-1] [MQTT311-3.1.0-1] what came before CONNECT has no effect
b connects
b subscribes topicFilter="~/t"
a > publish topicName="~/t" payload="x" + connect
a closed 0x82 0x81
b quiet

[MQTT-3.1.0-2] [MQTT311-3.1.0-2] a second CONNECT ends the connection
a connects
a > connect
a closed 0x82

[MQTT-3.1.0-2] [MQTT311-3.1.0-2] a second CONNECT in the same piece as the first ends the connection
a > connect + connect
a <? connack
a closed 0x82

[MQTT-3.1.2-1] [MQTT311-3.1.2-1] a Protocol Name that is not MQTT
a > connect protocolName="MQTZ"
a closed 0x84 0x81 0x82

[MQTT-3.1.2-1] [MQTT311-3.1.2-1] a Protocol Name in other letters
a > connect protocolName="mqtt"
a closed 0x84 0x81 0x82

[MQTT-3.1.2-1] [MQTT311-3.1.2-1] an empty Protocol Name
a > connect protocolName=""
a closed 0x84 0x81 0x82

[MQTT-3.1.2-2] a Protocol Version that does not exist yet
a > connect protocolVersion=6
a closed 0x84 0x01

[MQTT311-3.1.2-2] a Protocol Level that does not exist is refused with Return code 1
a > connect protocolVersion=2
a < connack reasonCode=1 sessionPresent=0
a closed

[MQTT-3.1.2-3] [MQTT311-3.1.2-3] the reserved Connect Flag is set
a > connect flags=0x03
a closed 0x81 0x82

[MQTT-3.1.2-9] [MQTT311-3.1.2-9] a Will Flag without a Will
a > 10 { protocol 06 0000 @{} "~a" }
a closed 0x81 0x82

[MQTT-3.1.2-11] [MQTT311-3.1.2-11] [MQTT311-3.1.2-13] Will QoS 1 without Will Flag
a > connect flags=0x0a
a closed 0x81 0x82

[MQTT-3.1.2-11] [MQTT311-3.1.2-13] Will QoS 2 without Will Flag
a > connect flags=0x12
a closed 0x81 0x82

[MQTT-3.1.2-12] [MQTT311-3.1.2-14] Will QoS 3
a > connect will.topicName="~/w" flags=0x1e
a closed 0x81 0x82

[MQTT-3.1.2-13] [MQTT311-3.1.2-11] [MQTT311-3.1.2-15] Will Retain without Will Flag
a > connect flags=0x22
a closed 0x81 0x82

[MQTT311-3.1.2-11] a Will without Will Flag
a > 10 { protocol 02 0000 "~a" "~/w" [ 'gone' ] }
a closed

[MQTT-3.1.2-16] [MQTT311-3.1.2-18] a User Name without User Name Flag
a > 10 { protocol 02 0000 @{} "~a" "user" }
a closed 0x81 0x82

[MQTT-3.1.2-17] [MQTT311-3.1.2-19] a User Name Flag without User Name
a > 10 { protocol 82 0000 @{} "~a" }
a closed 0x81 0x82

[MQTT-3.1.2-18] [MQTT311-3.1.2-20] a Password without Password Flag
a > 10 { protocol 82 0000 @{} "~a" "user" [ 'secret' ] }
a closed 0x81 0x82

[MQTT-3.1.2-19] [MQTT311-3.1.2-21] a Password Flag without Password
a > 10 { protocol c2 0000 @{} "~a" "user" }
a closed 0x81 0x82

[MQTT311-3.1.2-22] a Password Flag without User Name Flag
a > connect password="secret"
a closed

[3.1.2.9] a Password without a User Name is allowed in 5.0
a > connect password="secret"
a < connack reasonCode=0|0x86|0x87

[MQTT-3.1.2-22] [MQTT311-3.1.2-24] a client that is silent for one and a half times its Keep Alive is gone
slow
needs serverKeepAlive=0
a connects keepAlive=2
// Longer than three seconds: a server may look only now and then.
wait 9
a closed 0x8d

[MQTT-3.1.2-22] [MQTT311-3.1.2-24] a connection that ends by Keep Alive publishes its Will
slow
needs serverKeepAlive=0
b connects
b subscribes topicFilter="~/w"
a connects keepAlive=2 will.topicName="~/w" will.payload="gone"
wait 9
b < publish topicName="~/w" payload="gone"

[MQTT-3.1.2-22] [MQTT-3.2.2-22] [MQTT311-3.1.2-24] a PINGREQ in time keeps the connection
slow
needs serverKeepAlive=0
a connects keepAlive=2
wait 1.5
a quiet
wait 1.5
a quiet
wait 1.5
a quiet

[MQTT-3.1.2-22] [MQTT311-3.1.2-24] any packet in time keeps the connection
slow
needs serverKeepAlive=0
a connects keepAlive=2
wait 1.5
a > publish topicName="~/t"
wait 1.5
a > publish topicName="~/t"
wait 1.5
a quiet

[3.1.2.10] [MQTT311-3.1.2.10] a Keep Alive of 0 turns it off
slow
needs serverKeepAlive=0
a connects keepAlive=0
wait 3
a quiet

[3.1.2.11.2] Session Expiry Interval twice
a > connect sessionExpiryInterval=1 sessionExpiryInterval=1
a closed 0x82 0x81

[3.1.2.11.3] a Receive Maximum of 0
a > connect receiveMaximum=0
a closed 0x82 0x81

[3.1.2.11.3] Receive Maximum twice
a > connect receiveMaximum=1 receiveMaximum=2
a closed 0x82 0x81

[3.1.2.11.4] a Maximum Packet Size of 0
a > connect maximumPacketSize=0
a closed 0x82 0x81

[3.1.2.11.4] Maximum Packet Size twice
a > connect maximumPacketSize=100 maximumPacketSize=100
a closed 0x82 0x81

[3.1.2.11.5] Topic Alias Maximum twice
a > connect topicAliasMaximum=1 topicAliasMaximum=1
a closed 0x82 0x81

[3.1.2.11.6] a Request Response Information of 2
a > connect requestResponseInformation=2
a closed 0x82 0x81

[3.1.2.11.7] a Request Problem Information of 2
a > connect requestProblemInformation=2
a closed 0x82 0x81

[3.1.2.11.7] Request Problem Information twice
a > connect requestProblemInformation=1 requestProblemInformation=1
a closed 0x82 0x81

[3.1.2.11.8] the same User Property may come twice
a connects userProperty="a=1" userProperty="a=1" userProperty="=" userProperty="b=2"

[3.1.2.11.9] Authentication Method twice
a > connect authenticationMethod="m" authenticationMethod="m"
a closed 0x82 0x81 0x8c

[3.1.2.11.10] Authentication Data without Authentication Method
a > connect authenticationData="d"
a closed 0x82 0x81

[MQTT-3.1.2-24] a PUBLISH larger than Maximum Packet Size is not sent
a connects maximumPacketSize=100
a subscribes topicFilter="~/t" qos=1
b connects
b > publish topicName="~/t" payload="x"*100
b quiet
a quiet

[MQTT-3.1.2-24] [MQTT-3.1.2-25] a QoS 1 message that is too large is discarded, and the next one comes
a connects maximumPacketSize=100
a subscribes topicFilter="~/t" qos=1
b connects
b > publish topicName="~/t" qos=1 packetId=1 payload="x"*200
b < puback packetId=1
b > publish topicName="~/t" qos=1 packetId=2 payload="small"
b < puback packetId=2
a < publish payload="small" qos=1

[MQTT-3.1.2-25] a message that is too large for one subscriber is not for another
a connects maximumPacketSize=100
a subscribes topicFilter="~/t"
b connects
b subscribes topicFilter="~/t"
b > publish topicName="~/t" payload="x"*200
b < publish payload="x"*200
a quiet

[MQTT-3.1.2-24] a packet of exactly Maximum Packet Size is sent
a connects maximumPacketSize=48
a subscribes topicFilter="~/t"
b connects
// 2 of fixed header, 2 + 13 of topic, 1 of Property Length, 30 of payload.
b > publish topicName="~/t" payload="x"*30
a < publish payload="x"*30

[MQTT-3.1.2-24] a packet one byte larger than Maximum Packet Size is not sent
a connects maximumPacketSize=47
a subscribes topicFilter="~/t"
b connects
b > publish topicName="~/t" payload="x"*30
b quiet
a quiet

[MQTT-3.1.2-25] a queued message that is too large for the new connection is passed over
a connects cleanStart=0 sessionExpiryInterval=100
a subscribes topicFilter="~/t" qos=1
a leaves
b connects
b > publish topicName="~/t" qos=1 packetId=1 payload="x"*200 + publish topicName="~/t" qos=1 packetId=2 payload="small"
b < puback packetId=1
b < puback packetId=2
a connects cleanStart=0 sessionExpiryInterval=100 maximumPacketSize=100
a < publish payload="small"
a quiet

[MQTT-3.1.2-26] [MQTT-3.3.2-11] no Topic Alias above the client's maximum
a connects topicAliasMaximum=2
a subscribes topicFilter="~/#"
b connects
b > publish topicName="~/1" + publish topicName="~/2" + publish topicName="~/3" + publish topicName="~/1" + publish topicName="~/3"
a < publish topicName="~/1" topicAlias=-|1|2
a < publish topicName="~/2" topicAlias=-|1|2
a < publish topicName="~/3" topicAlias=-|1|2
a < publish topicName="~/1" topicAlias=-|1|2
a < publish topicName="~/3" topicAlias=-|1|2

[MQTT-3.1.2-27] no Topic Alias where the client's maximum is absent
a connects
a subscribes topicFilter="~/#"
a > publish topicName="~/1" + publish topicName="~/1"
a < publish topicName="~/1" topicAlias=-
a < publish topicName="~/1" topicAlias=-

[MQTT-3.1.2-27] no Topic Alias where the client's maximum is 0
a connects topicAliasMaximum=0
a subscribes topicFilter="~/#"
a > publish topicName="~/1" + publish topicName="~/1"
a < publish topicName="~/1" topicAlias=-
a < publish topicName="~/1" topicAlias=-

[MQTT-3.1.2-28] no Response Information unless it was asked for
a > connect requestResponseInformation=0
a < connack responseInformation=-

[MQTT-3.1.2-28] no Response Information where nothing was said about it
a > connect
a < connack responseInformation=-

[MQTT-3.1.2-29] no Reason String outside CONNACK, PUBLISH and DISCONNECT where Request Problem Information is 0
a connects requestProblemInformation=0
a > publish topicName="~/t" qos=1 packetId=1
a < puback packetId=1 reasonCode=* reasonString=- userProperty=-
a > publish topicName="~/t" qos=2 packetId=2
a < pubrec packetId=2 reasonCode=* reasonString=- userProperty=-
a > pubrel packetId=77
a < pubcomp packetId=77 reasonCode=* reasonString=- userProperty=-
a > subscribe packetId=3 topicFilter="~/t"
a < suback packetId=3 reasonCodes=* reasonString=- userProperty=-
a > unsubscribe packetId=4 topicFilter="~/none"
a < unsuback packetId=4 reasonCodes=* reasonString=- userProperty=-
// Something that most servers refuse, and might explain.
a > publish topicName="$SYS/~/t" qos=1 packetId=5
a < puback packetId=5 reasonCode=* reasonString=- userProperty=- or closed
a > publish topicName="$SYS/~/t" qos=2 packetId=6
a < pubrec packetId=6 reasonCode=* reasonString=- userProperty=- or closed

[MQTT-3.1.2-29] User Properties of a message are sent whatever Request Problem Information says
a connects requestProblemInformation=0
a subscribes topicFilter="~/t"
a > publish topicName="~/t" userProperty="a=1" userProperty="a=2"
a < publish topicName="~/t" userProperty="a=1" userProperty="a=2"

[MQTT-3.1.3-1] [MQTT311-3.1.3-1] the fields of the payload come in their order
b connects
b subscribes topicFilter="~/w"
a > 10 { protocol c6 0000 @{} "~a" @{ 03 "text" } "~/w" [ 'gone' ] "user" [ 'secret' ] }
a < connack
a cut
b < publish topicName="~/w" payload="gone" 5:contentType="text"

[MQTT-3.1.3-3] [MQTT311-3.1.3-3] a CONNECT without Client Identifier
a > 10 { protocol 02 0000 @{} }
a closed 0x81 0x82

[MQTT-3.1.3-4] [MQTT311-3.1.3-4] a Client Identifier that is no string
a > 10 { protocol 02 0000 @{} [ ff ] }
a closed 0x81 0x85

[MQTT-3.1.3-5] [MQTT311-3.1.3-5] a Client Identifier of one character, and one of 23
in 3 4 5
a connects clientId="~abcDEF0"
b connects clientId="Q"
c connects clientId="0123456789abcdefghijklm"
d connects clientId="nopqrstuvwxyzABCDEFGHIJ"
e connects clientId="KLMNOPQRSTUVWXYZ"

[MQTT-3.1.3-6] [MQTT-3.1.3-7] [MQTT-3.2.2-16] an empty Client Identifier gets one assigned, a new one each time
a > connect clientId=""
a < connack assignedClientIdentifier=$first or closed 0x85
b > connect clientId=""
b < connack assignedClientIdentifier=$second or closed 0x85
a quiet
b quiet

[MQTT-3.1.3-7] an Assigned Client Identifier can be used again
a > connect clientId="" sessionExpiryInterval=10
a < connack assignedClientIdentifier=$id or closed 0x85
a leaves
// Only where one was assigned is there a $id.
b > connect clientId=$id cleanStart=0
b < connack sessionPresent=1

[MQTT-3.1.3-6] an empty Client Identifier with Clean Start 0 is a new session
a > connect clientId="" cleanStart=0 sessionExpiryInterval=1
a < connack sessionPresent=0 assignedClientIdentifier=* or closed 0x85

[MQTT-3.2.2-16] no Assigned Client Identifier for a client that has one
a > connect
a < connack assignedClientIdentifier=-

[MQTT311-3.1.3-6] two empty Client Identifiers with Clean Session 1 are two clients
a > connect clientId=""
a < connack or closed
b > connect clientId=""
b < connack or closed
a quiet
b quiet

[MQTT311-3.1.3-7] [MQTT311-3.1.3-8] [MQTT311-3.1.3-9] an empty Client Identifier with Clean Session 0 is refused with Return code 2
a > connect clientId="" cleanStart=0
a < connack reasonCode=2 sessionPresent=0
a closed

[MQTT-3.1.3-11] [MQTT311-3.1.3-10] a Will Topic that is no string
a > 10 { protocol 06 0000 @{} "~a" @{} [ c0 ] [ 'gone' ] }
a closed 0x81 0x90

[MQTT-3.1.3-12] [MQTT311-3.1.3-11] a User Name that is no string
a > 10 { protocol 82 0000 @{} "~a" [ c0 ] }
a closed 0x81 0x86

[MQTT-3.1.4-1] [MQTT-4.13.1-1] [MQTT311-3.1.4-1] a CONNECT that is cut short
a > 10 { protocol 02 }
a closed 0x81 0x82

[MQTT311-3.1.4-1] a CONNECT that is not well-formed gets no CONNACK
a > 10 { protocol 03 0000 "~a" }
a closed silently

[MQTT-3.1.4-1] [MQTT311-3.1.4-1] a CONNECT with bytes after its payload
a > 10 { protocol 02 0000 @{} "~a" 00 }
a closed 0x81 0x82

[MQTT-3.1.4-3] [MQTT311-3.1.4-2] a second connection with the same Client Identifier ends the first
a connects clientId="~x"
b connects clientId="~x"
a closed 0x8e
b quiet

[MQTT-3.1.4-3] [MQTT311-3.1.4-2] Client Identifiers that differ in case are different
a connects clientId="~x"
b connects clientId="~X"
b quiet
a quiet

[MQTT-3.1.4-5] [MQTT-3.2.0-1] [MQTT311-3.1.4-4] [MQTT311-3.2.0-1] CONNACK comes first
in 3 4 5
a > connect + pingreq
a < connack reasonCode=0
a < pingresp

[MQTT-3.1.4-5] CONNACK comes before what the session holds
a connects cleanStart=0 sessionExpiryInterval=100
a subscribes topicFilter="~/t" qos=1
a leaves
b connects
b > publish topicName="~/t" qos=1 packetId=1 payload="kept"
b < puback packetId=1
a > connect cleanStart=0
a < connack sessionPresent=1
a < publish payload="kept"

[MQTT-3.1.4-6] [MQTT311-3.1.4-5] what follows a refused CONNECT has no effect
b connects
b subscribes topicFilter="~/t"
a > connect flags=0x03 + publish topicName="~/t" payload="x"
a closed 0x81 0x82
b quiet

[MQTT-3.1.2-30] an Authentication Method that the server does not know is refused
a > connect authenticationMethod="~no such method" authenticationData="x"
a closed 0x8c 0x87

[3.1] a CONNECT that says everything is accepted
a > connect keepAlive=60 sessionExpiryInterval=10 receiveMaximum=10 maximumPacketSize=1000 topicAliasMaximum=10 requestResponseInformation=1 requestProblemInformation=1 userProperty="a=b" will.topicName="~/w" will.payload="x" will.qos=1 will.willDelayInterval=1 will.payloadFormatIndicator=1 will.messageExpiryInterval=10 will.contentType="t" will.responseTopic="~/r" will.correlationData="c" will.userProperty="a=b"
a < connack

[3.1] MQTT 3.1 still works
in 3
a > connect
a < 20 02 00 00
a > subscribe packetId=1 topicFilter="~/t" qos=1
a < suback packetId=1 reasonCodes=1
a > publish topicName="~/t" qos=1 packetId=2 payload="old"
a <* puback packetId=2
a <* publish topicName="~/t" payload="old" qos=1
a leaves
`
