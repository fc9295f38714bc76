// Written by `manage.py protocol_js` from chat/protocol.py. Change it there.

export const PROTOCOL = 1;

export const Command = Object.freeze({
  MESSAGE_SEND: "message.send",
  ROOM_READ: "room.read",
  ROOM_UNREAD: "room.unread",
  ROOM_HISTORY: "room.history",
  ROOM_CHANGES: "room.changes",
  ROOM_TYPING: "room.typing",
  PEOPLE: "people",
  PEOPLE_FIND: "people.find",
  HELLO: "hello",
  PONG: "pong",
});

export const Event = Object.freeze({
  HELLO: "hello",
  OK: "ok",
  ERROR: "error",
  ROOM_CHANGES: "room.changes",
  ROOM_JOINED: "room.joined",
  ROOM_LEFT: "room.left",
  ROOM_READ: "room.read",
  ROOM_TYPING: "room.typing",
  PRESENCE: "presence",
  PING: "ping",
});

export const ErrorCode = Object.freeze({
  BAD_FRAME: "bad_frame",
  UNKNOWN_TYPE: "unknown_type",
  NOT_FOUND: "not_found",
  FORBIDDEN: "forbidden",
  INVALID: "invalid",
  TOO_LARGE: "too_large",
  RATE_LIMITED: "rate_limited",
  CONFLICT: "conflict",
  INTERNAL: "internal",
});

export const Close = Object.freeze({
  BAD_FRAMES: 4400,
  SESSION_ENDED: 4401,
  NOT_ALLOWED: 4403,
  TOO_SLOW: 4408,
  TOO_LARGE: 4413,
  RATE_ABUSE: 4429,
  RESTART: 1012,
});

export const LIMITS = Object.freeze({
  frame_bytes: 65536,
  body_characters: 10000,
  page_messages: 100,
  default_page_messages: 50,
  name_characters: 80,
  topic_characters: 250,
  typing_seconds: 3,
});
