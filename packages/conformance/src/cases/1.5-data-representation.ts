/** Section 1.5: strings, numbers, pairs. (3.1.1: sections 1.5 and 2.2.3.) */

export const dataRepresentation: string = `
[MQTT-1.5.4-1] [MQTT311-1.5.3-1] a Client Identifier that is not well-formed UTF-8 is refused
a > 10 { protocol 02 0000 @{} [ '~' c328 ] }
a closed 0x81 0x85

[MQTT-1.5.4-1] [MQTT311-1.5.3-1] a string with the encoding of a surrogate is refused
a connects
a > 30 { [ '~/' eda080 ] @{} }
a closed 0x81 0x90

[MQTT-1.5.4-1] [MQTT311-1.5.3-1] an overlong encoding is refused
a connects
a > 30 { [ '~/' c0af ] @{} }
a closed 0x81 0x90

[MQTT-1.5.4-1] [MQTT311-1.5.3-1] a code point above U+10FFFF is refused
a connects
a > 30 { [ '~/' f4908080 ] @{} }
a closed 0x81 0x90

[MQTT-1.5.4-1] [MQTT311-1.5.3-1] a sequence that is cut short is refused
a connects
a > 30 { [ '~/' e282 ] @{} }
a closed 0x81 0x90

[MQTT-1.5.4-1] [MQTT311-1.5.3-1] a Topic Filter that is not well-formed UTF-8 is refused
a connects
a > 82 { 0001 @{} [ '~/' ff ] 00 }
a closed 0x81 0x8f

[MQTT-1.5.4-1] [MQTT311-1.5.3-1] a Topic Filter to unsubscribe from that is not well-formed UTF-8 is refused
a connects
a > a2 { 0001 @{} [ '~/' ff ] }
a closed 0x81 0x8f

[MQTT-1.5.4-1] [MQTT311-1.5.3-1] a User Name that is not well-formed UTF-8 is refused
a > 10 { protocol 82 0000 @{} "~a" [ fe ] }
a closed 0x81 0x86

[MQTT-1.5.4-1] [MQTT311-1.5.3-1] a Will Topic that is not well-formed UTF-8 is refused
a > 10 { protocol 06 0000 @{} "~a" @{} [ '~/' ff ] [ 'gone' ] }
a closed 0x81 0x90

[MQTT-1.5.4-1] [MQTT311-1.5.3-1] every length of encoding goes through unchanged
a connects
a subscribes topicFilter="~/#"
a > publish topicName="~/aé€𝄞" payload="x"
a < publish topicName="~/aé€𝄞" payload="x"

[MQTT-1.5.4-2] [MQTT311-1.5.3-2] U+0000 in a Client Identifier is refused
a > 10 { protocol 02 0000 @{} [ '~' 00 'a' ] }
a closed 0x81 0x85

[MQTT-1.5.4-2] [MQTT311-1.5.3-2] U+0000 in a Topic Name is refused
a connects
a > 30 { [ '~/' 00 ] @{} }
a closed 0x81 0x90

[MQTT-1.5.4-2] [MQTT311-1.5.3-2] U+0000 in a Topic Filter is refused
a connects
a > 82 { 0001 @{} [ '~/' 00 ] 00 }
a closed 0x81 0x8f

[MQTT-1.5.4-2] [MQTT311-1.5.3-2] U+0000 in a User Name is refused
a > 10 { protocol 82 0000 @{} "~a" [ 'u' 00 ] }
a closed 0x81 0x86

[MQTT-1.5.4-2] U+0000 in a property is refused
a connects
a > 30 { "~/t" { 03 [ 'te' 00 'xt' ] } }
a closed 0x81

[MQTT-1.5.4-3] [MQTT311-1.5.3-3] U+FEFF in a Topic Name stays where it is
a connects
a subscribes topicFilter="~/#"
a > 30 { [ '~/' efbbbf 'a' ] @{} 'x' }
4: a < 30 { [ '~/' efbbbf 'a' ] 'x' }
5: a < 30 { [ '~/' efbbbf 'a' ] { } 'x' }

[MQTT-1.5.4-3] [MQTT311-1.5.3-3] U+FEFF makes a topic another topic
a connects
a > 82 { 0001 @{} [ '~/' efbbbf 'a' ] 00 }
a < suback packetId=1
a > publish topicName="~/a" payload="x"
a quiet

[MQTT-1.5.5-1] [MQTT311-2.2.3] a Remaining Length of five bytes is refused
a connects
a > 30 80 80 80 80 01
a closed 0x81

[MQTT-1.5.5-1] a Remaining Length that is longer than it needs to be is refused
a connects
a > c0 80 00
a closed 0x81

[MQTT-1.5.5-1] a Property Length that is longer than it needs to be is refused
a connects
a > 30 { "~/t" 80 00 'x' }
a closed 0x81

[MQTT-1.5.5-1] a Subscription Identifier that is longer than it needs to be is refused
a connects
a > 82 { 0001 { 0b 81 00 } "~/t" 00 }
a closed 0x81

[MQTT-1.5.5-1] [MQTT311-2.2.3] a Remaining Length of two bytes
a connects
a subscribes topicFilter="~/t"
a > publish topicName="~/t" payload="x"*200
a < publish topicName="~/t" payload="x"*200

[MQTT-1.5.5-1] [MQTT311-2.2.3] a Remaining Length of three bytes
needs maximumPacketSize>=20000
a connects
a subscribes topicFilter="~/t"
a > publish topicName="~/t" payload="x"*16500
a < publish topicName="~/t" payload="x"*16500

[MQTT-1.5.5-1] the first Subscription Identifier of each length comes back as it went
needs subscriptionIdentifierAvailable=1
a connects
a subscribes subscriptionIdentifier=127 topicFilter="~/1"
a subscribes subscriptionIdentifier=128 topicFilter="~/2"
a subscribes subscriptionIdentifier=16384 topicFilter="~/3"
a subscribes subscriptionIdentifier=2097152 topicFilter="~/4"
a subscribes subscriptionIdentifier=268435455 topicFilter="~/5"
a > publish topicName="~/1" + publish topicName="~/2" + publish topicName="~/3" + publish topicName="~/4" + publish topicName="~/5"
a < publish topicName="~/1" subscriptionIdentifiers=127
a < publish topicName="~/2" subscriptionIdentifiers=128
a < publish topicName="~/3" subscriptionIdentifiers=16384
a < publish topicName="~/4" subscriptionIdentifiers=2097152
a < publish topicName="~/5" subscriptionIdentifiers=268435455

[MQTT-1.5.7-1] the name of a User Property that is not well-formed UTF-8 is refused
a connects
a > 30 { "~/t" { 26 [ ff ] "v" } }
a closed 0x81

[MQTT-1.5.7-1] the value of a User Property with U+0000 is refused
a connects
a > 30 { "~/t" { 26 "k" [ 00 ] } }
a closed 0x81

[MQTT-1.5.7-1] the value of a User Property of CONNECT that is not well-formed UTF-8 is refused
a > 10 { protocol 02 0000 { 26 "k" [ c3 ] } "~a" }
a closed 0x81
`
