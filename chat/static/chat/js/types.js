/**
 * The shapes that the modules share, as JSDoc types. Nothing runs here.
 *
 * What the server sends is in `wire.js`; the rest lives in the page.
 */

/** @typedef {import("./wire.js").RoomKind} RoomKind */
/** @typedef {import("./wire.js").Role} Role */
/** @typedef {import("./wire.js").Level} Level */
/** @typedef {import("./wire.js").Presence} Presence */
/** @typedef {import("./wire.js").Person} Person */
/** @typedef {import("./wire.js").WireMessage} WireMessage */
/** @typedef {import("./wire.js").WireRoom} WireRoom */
/** @typedef {import("./wire.js").WireHello} WireHello */
/** @typedef {import("./wire.js").WireHistory} WireHistory */
/** @typedef {import("./wire.js").WireChanges} WireChanges */
/** @typedef {import("./wire.js").WireSent} WireSent */
/** @typedef {import("./wire.js").Rights} Rights */
/** @typedef {import("./wire.js").Limits} Limits */
/** @typedef {import("./wire.js").Opening} Opening */
/** @typedef {import("./wire.js").Boot} Boot */

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
 * @property {boolean} lineSeen  It has been in view of somebody who looked.
 * @property {boolean} lineAbove  It stands above what is in view (told by `Callbacks.scrolled`).
 * @property {boolean} atBottom  The reader sees the end of the window (told by `Callbacks.scrolled`).
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

/** @typedef {null|"above"|"view"|"below"} LinePlace  Where the "New" line stands; null: none is drawn. */

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
 * @property {() => void} jumpToNew  To the "New" line.
 * @property {(place: {atBottom: boolean, seenSeq: number, line: LinePlace}) => void} scrolled  `seenSeq`: the newest
 *   message in view.
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
 *   news      (text only)        select-words.js: news(state, seq)   what a screen reader is told of new messages
 * `body.dataset.pane` is "list" or "main" (a phone shows one of them), after `state.listShown`. A click on anything
 * with `data-show-list` is `Callbacks.showList`. `seal.js` `drawSeals(root)` finishes seals that a template printed.
 */

export {};
