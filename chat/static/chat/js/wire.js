/**
 * The shapes in which the server sends things, as JSDoc types (`docs/protocol.md`). Nothing runs here.
 */

/** @typedef {"open"|"private"|"direct"} RoomKind */
/** @typedef {"owner"|"moderator"|"member"} Role */
/** @typedef {"all"|"mentions"|"nothing"} Level */
/** @typedef {"online"|"idle"} Presence  Offline people are in no map. */

/**
 * @typedef {object} Person
 * @property {number} id
 * @property {string} name
 * @property {string} [handle]
 * @property {string} [kind]  "imported", "bot", "guest"; absent: a member.
 */

/**
 * A message as the server sends it. A deleted one keeps its place and has no `body`.
 * @typedef {object} WireMessage
 * @property {number} id
 * @property {number} seq  Its place in the room, for ever.
 * @property {number} rev  The room's change that made this state of it.
 * @property {number} author  A person's id.
 * @property {string} created_at  ISO 8601, UTC.
 * @property {string} [body]
 * @property {boolean} [action]  Said as "/me".
 * @property {string} [html]  Sanitised by the server; absent when there is no markup.
 * @property {string} [nonce]  Only on my own messages, and not in live events.
 * @property {{id: number, seq: number}} [reply_to]
 * @property {number[]} [mentions]
 * @property {boolean} [mentions_room]
 * @property {string} [edited_at]
 * @property {boolean} [deleted]
 */

/**
 * @typedef {object} Limits  From `hello`; those the page uses.
 * @property {number} [body_characters]  Code points.
 * @property {number} [typing_seconds]  Typing is told at most this often.
 */

/**
 * What one may do in a room, as `access.rights` says.
 * @typedef {object} Rights
 * @property {boolean} post
 * @property {boolean} rename
 * @property {boolean} archive
 * @property {boolean} add_members
 * @property {boolean} remove_members
 * @property {boolean} set_roles
 * @property {boolean} leave
 * @property {boolean} join
 */

/**
 * @typedef {object} WireRoom
 * @property {number} id
 * @property {RoomKind} kind
 * @property {string} name
 * @property {string} topic
 * @property {boolean} everyone
 * @property {boolean} [archived]
 * @property {number[]} [people]
 * @property {Role} role
 * @property {Level} level
 * @property {number} rev
 * @property {number} last_seq
 * @property {number} last_read_seq
 * @property {number[]} mentions
 */

/**
 * @typedef {object} WireHello
 * @property {"hello"} [type]
 * @property {string} [ref]
 * @property {number} protocol
 * @property {string} epoch
 * @property {Person} me
 * @property {number} rev
 * @property {{interval: number, timeout: number}} heartbeat
 * @property {Limits} limits
 * @property {Person[]} people
 * @property {WireRoom[]} rooms
 */

/**
 * A page of messages, as `room.history` answers.
 * @typedef {object} WireHistory
 * @property {number} rev
 * @property {WireMessage[]} messages
 * @property {WireMessage[]} [quoted]
 * @property {Person[]} [people]
 * @property {boolean} has_more
 * @property {boolean} has_newer
 */

/**
 * The event and the answer `room.changes`.
 * @typedef {object} WireChanges
 * @property {string} [type]
 * @property {number} room
 * @property {number} rev
 * @property {number} [after]
 * @property {WireMessage[]} [messages]
 * @property {WireMessage[]} [quoted]
 * @property {Person[]} [people]
 * @property {{kind?: RoomKind, name?: string, topic?: string, archived?: boolean}} [info]
 * @property {boolean} [more]
 * @property {boolean} [reset]
 * @property {number} [last_seq]
 */

/** @typedef {{id: number, seq: number, rev: number, created_at: string}} WireSent  In the answer to a send. */

/**
 * A room as its page needs it: `boot.room` and `/rooms/<id>/opening/`.
 * @typedef {object} Opening
 * @property {number} id
 * @property {RoomKind} kind
 * @property {string} name
 * @property {string} topic
 * @property {boolean} archived
 * @property {boolean} joined
 * @property {boolean} can_post
 * @property {Rights} rights
 * @property {number} member_count
 * @property {string} created_at
 * @property {number|null} created_by
 * @property {Person[]} people
 * @property {WireHistory} history
 */

/**
 * The JSON in the page.
 * @typedef {object} Boot
 * @property {WireHello} hello
 * @property {Opening|null} room
 * @property {{directory: string, people: string, create: string, settings: string, room: string, members: string,
 *   join: string, direct: string, login: string, profile: string, logout: string, opening?: string,
 *   public?: string, [name: string]: string|undefined}} urls  `{room}` and `{person}` stand for ids.
 * @property {null|{url: string}} invitation
 * @property {{name: string, seal: string}} site
 * @property {boolean} [owner]  I own the site.
 * @property {string} language  "en" or "zh-hans".
 * @property {Record<string, string|string[]>} words
 * @property {boolean} debug
 */

export {};
