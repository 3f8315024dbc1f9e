/** Section 4.7: Topic Names and Topic Filters. */

export const topics: string = `
[MQTT-4.7.1-1] [MQTT311-4.7.1-2] # that is not the last character
a connects
a > subscribe packetId=1 topicFilter="~/#/a"
4: a < suback packetId=1 reasonCodes=0x80 or closed
5: a < suback packetId=1 reasonCodes=0x8f|0x80 or closed 0x81 0x82 0x8f

[MQTT-4.7.1-1] [MQTT311-4.7.1-2] # that does not follow a separator
a connects
a > subscribe packetId=1 topicFilter="~/a#"
4: a < suback packetId=1 reasonCodes=0x80 or closed
5: a < suback packetId=1 reasonCodes=0x8f|0x80 or closed 0x81 0x82 0x8f

[MQTT-4.7.1-1] [MQTT311-4.7.1-2] two #
a connects
a > subscribe packetId=1 topicFilter="~/##"
4: a < suback packetId=1 reasonCodes=0x80 or closed
5: a < suback packetId=1 reasonCodes=0x8f|0x80 or closed 0x81 0x82 0x8f

[MQTT-4.7.1-1] [MQTT311-4.7.1-2] # matches its own level and all below
a connects
a subscribes topicFilter="~/a/#"
a > publish topicName="~/a" + publish topicName="~/a/b" + publish topicName="~/a/b/c/d" + publish topicName="~/a/" + publish topicName="~/ab" + publish topicName="~"
a < publish topicName="~/a"
a < publish topicName="~/a/b"
a < publish topicName="~/a/b/c/d"
a < publish topicName="~/a/"
a quiet

[MQTT-4.7.1-2] [MQTT311-4.7.1-3] + that shares its level: behind
a connects
a > subscribe packetId=1 topicFilter="~/a+"
4: a < suback packetId=1 reasonCodes=0x80 or closed
5: a < suback packetId=1 reasonCodes=0x8f|0x80 or closed 0x81 0x82 0x8f

[MQTT-4.7.1-2] [MQTT311-4.7.1-3] + that shares its level: before
a connects
a > subscribe packetId=1 topicFilter="~/+a/b"
4: a < suback packetId=1 reasonCodes=0x80 or closed
5: a < suback packetId=1 reasonCodes=0x8f|0x80 or closed 0x81 0x82 0x8f

[MQTT-4.7.1-2] [MQTT311-4.7.1-3] + matches one level, an empty one, too
a connects
a subscribes topicFilter="~/+"
a > publish topicName="~/a" + publish topicName="~/" + publish topicName="~" + publish topicName="~/a/b"
a < publish topicName="~/a"
a < publish topicName="~/"
a quiet

[MQTT-4.7.1-2] [MQTT311-4.7.1-3] + at the first level, in the middle and together with #
a connects
a subscribes topicFilter="+/~/1"
a subscribes topicFilter="~/+/2"
a subscribes topicFilter="+/~3/+/#"
a > publish topicName="x/~/1" + publish topicName="/~/1" + publish topicName="~/x/2" + publish topicName="x/~3/y" + publish topicName="x/~3/y/z" + publish topicName="x/~3"
a < publish topicName="x/~/1"
a < publish topicName="/~/1"
a < publish topicName="~/x/2"
a < publish topicName="x/~3/y"
a < publish topicName="x/~3/y/z"
a quiet

[MQTT-4.7.2-1] [MQTT311-4.7.2-1] a filter that begins with a wildcard does not match topics that begin with $
a connects
a subscribes topicFilter="+/~/t"
a subscribes topicFilter="+/end"
b connects
b > publish topicName="$~/~/t" payload="hidden" qos=1 packetId=1
b < puback packetId=1 5:reasonCode=* or closed
c connects
c > publish topicName="~/end" payload="~"
a < publish topicName="~/end" payload="~"

[4.7.2] [MQTT311-4.7.2] a filter that names the level with $ matches
a connects
a subscribes topicFilter="$~/#"
b connects
b > publish topicName="$~/t" payload="seen" qos=1 packetId=1
b < puback packetId=1 5:reasonCode=* or closed
b subscribes topicFilter="~/none"
4: b > publish topicName="$~/t" payload="seen"
a <? publish topicName="$~/t" payload="seen"

[MQTT-4.7.3-1] [MQTT311-4.7.3-1] an empty Topic Filter
a connects
a > subscribe packetId=1 topicFilter=""
4: a < suback packetId=1 reasonCodes=0x80 or closed
5: a < suback packetId=1 reasonCodes=0x8f|0x80 or closed 0x81 0x82 0x8f

[MQTT-4.7.3-2] [MQTT311-4.7.3-2] U+0000 in a Topic Name
a connects
a > 30 { [ '~/a' 00 'b' ] @{} }
a closed 0x81 0x90

[MQTT-4.7.3-3] [MQTT311-4.7.3-3] a topic of many bytes is taken, or refused in order
needs maximumPacketSize>=70000
a connects
a > publish topicName="~/0123456789"*50 payload="x" qos=1 packetId=1
a < puback packetId=1 5:reasonCode=* or closed

[MQTT-4.7.3-4] [MQTT311-4.7.3-4] topics are compared as they are: case, spaces, normal forms, empty levels
a connects
a > 82 { 0001 @{} "~/a" 00 [ '~/' c3a9 ] 00 "~/b/" 00 "~//c" 00 "~/ d" 00 }
a < suback packetId=1
a > publish topicName="~/A" + 30 { [ '~/e' cc81 ] @{} } + publish topicName="~/b" + publish topicName="~/c" + publish topicName="~/d" + publish topicName="~/./a"
a quiet
a > publish topicName="~/a" + 30 { [ '~/' c3a9 ] @{} } + publish topicName="~/b/" + publish topicName="~//c" + publish topicName="~/ d"
a < publish topicName="~/a"
a < publish topicName="~/é"
a < publish topicName="~/b/"
a < publish topicName="~//c"
a < publish topicName="~/ d"

[4.7.3] [MQTT311-4.7.3] a leading separator makes another topic
a connects
a subscribes topicFilter="/~/t"
a > publish topicName="~/t" payload="no" + publish topicName="/~/t" payload="yes"
a < publish topicName="/~/t" payload="yes"
a quiet

[4.7] [MQTT311-4.7] spaces and control characters other than U+0000 are allowed, or the connection is closed
a connects
a subscribes topicFilter="~/#"
a > 30 { [ '~/a b' ] @{} 'x' }
a < publish topicName="~/a b" payload="x"
`
