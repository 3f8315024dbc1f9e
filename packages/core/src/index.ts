// The names of @mq/core, in reading order: vocabulary, packets, bytes, topics, sessions, connections.

export { type AckFields, createAckFields, decodeAck, encodeAck, encodePingreq, encodePingresp } from './codec/acks.ts'
export { decodeControl, encodeControl } from './codec/control.ts'
export { decodePacket } from './codec/decoder.ts'
export { encodePacket } from './codec/encoder.ts'
export { FrameReader, type FrameSink } from './codec/frames.ts'
export {
  createPublication,
  publicationPayload,
  publicationProperties,
  publicationTopic,
} from './codec/publication.ts'
export { decodePublish, encodePublication, publicationSize } from './codec/publish.ts'
export { PropertyScratch } from './codec/publish-properties.ts'
export { ClientConnection } from './connection/client-connection.ts'
export type { ClientCloseReason, ClientConnectionOptions, ClientHandler } from './connection/client-handler.ts'
export { createWorkspace, type Workspace } from './connection/incoming.ts'
export { forbids, type Phase, type Role } from './connection/legality.ts'
export { defaultServerLimits, type Negotiated, type ServerLimits } from './connection/negotiation.ts'
export type { ClientLimits } from './connection/negotiation-client.ts'
export { Outgoing } from './connection/outgoing.ts'
export { ServerConnection } from './connection/server-connection.ts'
export type { CloseReason, ServerConnectionOptions, ServerHandler } from './connection/server-handler.ts'
export type { Transport, TransportHandler } from './connection/transport.ts'
export type { Unread } from './connection/unread.ts'
export { type Fault, fault } from './packet/fault.ts'
export { MqError } from './packet/mq-error.ts'
export type {
  AckPacket,
  AuthPacket,
  ConnackPacket,
  ConnectPacket,
  ControlPacket,
  DisconnectPacket,
  Packet,
  PingreqPacket,
  PingrespPacket,
  PublishPacket,
  SubackPacket,
  SubscribePacket,
  SubscriptionRequest,
  UnsubackPacket,
  UnsubscribePacket,
  Will,
} from './packet/packet.ts'
export type {
  AuthProperties,
  ConnackProperties,
  ConnectProperties,
  DisconnectProperties,
  MessageProperties,
  PublishProperties,
  ReasonProperties,
  SubscribeProperties,
  UnsubscribeProperties,
  UserProperties,
  WillProperties,
} from './packet/properties.ts'
export { Publication, type Publisher } from './packet/publication.ts'
export { AckOrder, type PublishAnswer } from './session/ack-order.ts'
export { type Delivery, type DropReason, deliveryBytes } from './session/delivery.ts'
export { InboundQos } from './session/inbound-qos.ts'
export { OutboundQos } from './session/outbound-qos.ts'
export { OutboundQueue, type QueueLimits, type QueuePolicy } from './session/outbound-queue.ts'
export { OutboundState } from './session/outbound-state.ts'
export { Session, type SessionOptions } from './session/session.ts'
export type { SessionLink } from './session/session-link.ts'
export type { SessionObserver } from './session/session-observer.ts'
export {
  packetIdMax,
  receiveMaximumDefault,
  sessionExpiryNever,
  stringBytesMax,
  variableByteIntegerMax,
} from './spec/limits.ts'
export { PacketType, type PacketTypeName } from './spec/packet-type.ts'
export { ReasonCode, type ReasonCodeName } from './spec/reason-code.ts'
export type { ProtocolVersion, QoS } from './spec/version.ts'
export { FilterTable } from './topic/filter-table.ts'
export { FilterTree } from './topic/filter-tree.ts'
export { topicMatches } from './topic/match.ts'
export { NameTable } from './topic/name-table.ts'
export type { NameWalk } from './topic/name-walk.ts'
export { RowIndex } from './topic/row-index.ts'
export { Rows } from './topic/rows.ts'
export { SegmentedMap } from './topic/segmented-map.ts'
export { type ParsedTopicFilter, parseTopicFilter, type TopicFilter } from './topic/topic-filter.ts'
export { parseTopicName, type TopicName } from './topic/topic-name.ts'
export { TopicEntry, TopicTable, type TopicTableOptions } from './topic/topic-table.ts'
export type { TopicLimits } from './topic/topic-text.ts'
export { copyBytes } from './wire/copy.ts'
export { decodeUtf8, encodeUtf8, isEncodableString, isWellFormedUtf8 } from './wire/utf8.ts'
export { createBufferWriter, emptyBytes, type Outlet, Writer, writtenBytes } from './wire/writer.ts'
