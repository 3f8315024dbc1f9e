/** Protocol Version as it stands in CONNECT (section 3.1.2.2): 3 is MQTT 3.1 ("MQIsdp"), 4 is 3.1.1, 5 is 5.0. */
export type ProtocolVersion = 3 | 4 | 5

/** Quality of Service (section 4.3). */
export type QoS = 0 | 1 | 2
