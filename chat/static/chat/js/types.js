/**
 * The shapes that the modules share, as JSDoc types. Nothing runs here.
 *
 * `Wire…` types are as the server sends them (`docs/protocol.md`); the others live in the page.
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
 * What the page adds to a message. `key` never changes while the message is loaded: the nonce of a message written
 * here, so that the echo and the message are one element, else the id as text. `at` is `created_at` in milliseconds.
 * `provisional`: put together here from the echo and its `ok`; the server's own words replace it.
 * @typedef {WireMessage & {key: string, at: number, provisional?: boolean}} Message
 */

/**
 * A message that is not yet acknowledged. `key` of its message will be the nonce.
 * @typedef {object} Pending
 * @property {string} nonce
 * @property {number} room
 * @property {string} body
 * @property {number} [replyTo]  A message id.
 * @property {number} writtenAt  Milliseconds.
 * @property {number} order  Its place in the line; grows.
 * @property {"waiting"|"sending"|"failed"} status
 * @property {string} [code]  Why it failed: an error code of the protocol.
 * @property {boolean} [tried]  It was sent and no answer has come: it may be stored already.
 */

/**
 * The loaded part of a room: a window of at most 300 consecutive messages.
 * @typedef {object} Timeline
 * @property {Message[]} messages  Ascending by seq.
 * @property {boolean} hasMore  There are older ones on the server.
 * @property {boolean} hasNewer  There are newer ones than the window holds.
 * @property {Map<number, Message>} quoted  The messages replied to, by id.
 * @property {null|"older"|"newer"|"latest"} loading  What is being asked for.
 * @property {boolean} failed  The last request failed; asking again is up to the reader.
 * @property {number|null} newLineAfter  The "New" line stands after this seq.
 * @property {boolean} atBottom  The reader sees the end of the window (told by `Callbacks.scrolled`).
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
 * @typedef {object} Room
 * @property {number} id
 * @property {RoomKind} kind
 * @property {string} name  Empty for a direct room.
 * @property {string} topic
 * @property {boolean} everyone
 * @property {boolean} archived
 * @property {number[]} people  Of a direct room; else empty.
 * @property {Role|null} role
 * @property {Level} level
 * @property {boolean} joined  False for an open room that is only being looked at.
 * @property {number} rev  The newest change known to exist.
 * @property {number} position  The change up to which everything is applied here; below `rev` there is a gap.
 * @property {number} lastSeq
 * @property {number} newAfter  `lastSeq` when nothing was missing: a message above it is new, not changed.
 * @property {number} lastReadSeq  Unread is `lastSeq - lastReadSeq`.
 * @property {number} readAhead  The server is being told that I have read up to here; 0: it is not.
 * @property {number[]} mentions  Unread seqs that mention me, ascending.
 * @property {Rights|null} rights  Null until the room was opened.
 * @property {boolean} canPost
 * @property {number|null} memberCount
 * @property {string|null} createdAt
 * @property {number|null} createdBy
 * @property {Timeline|null} timeline  Null until the room was opened.
 * @property {Message[]} held  My own messages whose echo still stands (see `store-pending.js`).
 * @property {Pending[]} pending
 * @property {string} draft  What stands in the composer.
 * @property {number} openedAt  Milliseconds; 0: not in this page.
 */

/**
 * @typedef {object} Connection
 * @property {"connecting"|"live"|"reconnecting"|"offline"|"ended"|"refused"|"stopped"} phase
 *   ended: the session is over, the login page follows. refused: the server takes no socket from this address.
 *   stopped: the server wants no more attempts.
 * @property {number} since  Milliseconds: when the phase began. Connecting and reconnecting show only after 2 s.
 * @property {number} waiting  Messages in the outbox, failed ones aside.
 * @property {string} [here]  With "refused": the origin of this page.
 * @property {string} [there]  With "refused": the origin the site is set up as.
 */

/**
 * The member panel of the open room.
 * @typedef {object} Members
 * @property {number} room
 * @property {string} query
 * @property {{id: number, role: Role}[]} members
 * @property {number} total
 * @property {string|null} next  More are there, after this.
 * @property {boolean} loading
 * @property {boolean} failed
 */

/** @typedef {null|"members"|"about"} Panel */

/**
 * @typedef {object} Limits  From `hello`; those the page uses.
 * @property {number} [body_characters]  Code points.
 * @property {number} [typing_seconds]  Typing is told at most this often.
 */

/**
 * All the page knows. Changed in place by `store.js`; `version` grows with each change.
 * @typedef {object} State
 * @property {number} version
 * @property {number} me  My person's id (I am in `people`).
 * @property {number} rev  The newest change of what is mine.
 * @property {string} epoch
 * @property {Map<number, Person>} people
 * @property {Map<number, Presence>} presence
 * @property {Map<number, Room>} rooms
 * @property {number|null} open  The room in view; null on the other pages.
 * @property {"loading"|"missing"|"failed"|null} opening  Why the open room shows no timeline.
 * @property {Connection} connection
 * @property {Map<number, Map<number, number>>} typing  Room id to person id to the time it ends, in milliseconds.
 * @property {Panel} panel
 * @property {Members|null} members
 * @property {boolean} listShown  On a phone: the room list is the pane in view.
 * @property {boolean} attending  The page is visible and has the focus.
 * @property {number} now  Milliseconds; the time of this drawing.
 * @property {Limits} limits
 * @property {{interval: number, timeout: number}} heartbeat  Seconds.
 * @property {Boot["urls"]} urls
 * @property {Boot["site"]} site
 * @property {Boot["invitation"]} invitation
 * @property {string} language
 */

/**
 * What views may ask for. `main.js` implements it; a view never knows how.
 * @typedef {object} Callbacks
 * @property {(room: number) => void} openRoom
 * @property {() => void} showList  Phone: back to the room list.
 * @property {(text: string) => boolean} send  To the open room; false when the text is blank or too long, and stays.
 * @property {(text: string) => void} write  The composer's text changed: keep the draft, tell that one is typing.
 * @property {(nonce: string) => void} retry
 * @property {(nonce: string) => void} discard
 * @property {() => void} loadOlder  Near the top of the window. Safe to call at each scroll event.
 * @property {() => void} loadNewer  Near the bottom of the window. Safe to call at each scroll event.
 * @property {() => void} jumpToLatest
 * @property {(place: {atBottom: boolean, seenSeq: number}) => void} scrolled  `seenSeq`: the newest message in view.
 * @property {() => void} markRead  Everything in the open room.
 * @property {(panel: "members"|"about") => void} openPanel
 * @property {() => void} closePanel
 * @property {(query: string) => void} findMembers
 * @property {() => void} moreMembers
 * @property {() => void} join  The open room.
 * @property {() => void} reopen  After `opening` became "failed".
 */

/**
 * The places of the page that are drawn, by the id in `frame.html` and `room.html`, and the view of each:
 *   sidebar   views/sidebar.js   sidebar(state, callbacks)
 *   topbar    views/topbar.js    topbar(state, callbacks)      room's page only, like those below
 *   timeline  views/timeline.js  timeline(state, callbacks)    the element that scrolls; `scroll.js` watches it
 *   pills     views/pills.js     pills(state, callbacks)
 *   composer  views/composer.js  composer(state, callbacks)    never binds the text of the field
 *   panel     views/panel.js     panel(state, callbacks)       the element is `hidden` while `state.panel` is null
 *   news      (text only)        select.js: news(state, seq)   what a screen reader is told of new messages
 * `body.dataset.pane` is "list" or "main" (a phone shows one of them), after `state.listShown`. A click on anything
 * with `data-show-list` is `Callbacks.showList`. `seal.js` `drawSeals(root)` finishes seals that a template printed.
 */

// What the server sends.

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
 * @property {string} language  "en" or "zh-hans".
 * @property {Record<string, string|string[]>} words
 * @property {boolean} debug
 */

export {};
