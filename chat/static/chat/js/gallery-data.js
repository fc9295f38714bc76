/** Sample data for the gallery: a small site with people of both languages, built as the server would send it. */

/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").Pending} Pending */
/** @typedef {import("./types.js").Room} Room */

const MINUTE = 60_000;

/** The gallery's clock stands still, so that two pictures of it can be compared. */
export const NOW = new Date(2026, 10, 23, 14, 30).getTime();

export const [ANN, BOB, XIAOMING, LILEI, NOOR, ARCHIVED] = [1, 2, 3, 4, 5, 6];

const NAMES = { [ANN]: "Ann Lee", [BOB]: "Bob", [XIAOMING]: "王小明", [LILEI]: "李雷", [NOOR]: "نور حداد", [ARCHIVED]: "thundergrub" };

/** @type {[author: number, minutesAgo: number, body: string, more?: Partial<Message>][]} */
const TALK = [
  [BOB, 1530, "The projector in the small room works again. It was the cable."],
  [BOB, 1529, "I labelled the good one."],
  [XIAOMING, 1490, "谢谢！周一的排练我会早到十分钟，先把音响接好。"],
  [XIAOMING, 1489, "有人带转接头吗？"],
  [ANN, 1488, "I have two. One is HDMI, one is the old kind."],
  [ANN, 1487, "Both are in the drawer under the window, next to the tape."],
  [LILEI, 70, "海报第二版放在共享文件夹里了，标题换成了宋体，日期写成“11月28日（星期六）”。", { edited_at: "2026-11-23T12:24:00Z" }],
  [LILEI, 69, "看看字会不会太小。"],
  [BOB, 52, "Reads well from three metres. The room number could be bolder.", { reply_to: { id: 7, seq: 7 } }],
  [BOB, 51, "", { deleted: true }],
  [NOOR, 40, "أقدر أجي قبل السابعة وأساعد في ترتيب الكراسي."],
  [NOOR, 39, "And I can bring the long extension lead."],
  [ARCHIVED, 31, "moves the chairs into a half circle", { action: true }],
  [XIAOMING, 12, "Chairs: 40. Registered: 37. 应该够了。"],
  [XIAOMING, 11, "If more come, the benches from the yard are dry."],
  [ANN, 9, "Good. Doors at 18:30 then, and we start at seven sharp."],
  [ANN, 8, "Who takes the door?"],
];

/** @returns {Message[]} */
export function talk() {
  return TALK.map(([author, minutesAgo, body, more], index) => {
    const at = NOW - minutesAgo * MINUTE;
    const seq = index + 1;
    return { id: seq, seq, rev: seq, key: String(seq), author, at, created_at: new Date(at).toISOString(), body, ...more };
  });
}

/**
 * @param {Message[]} messages
 * @param {Partial<import("./types.js").Timeline>} [more]
 * @returns {import("./types.js").Timeline}
 */
export function timelineOf(messages, more = {}) {
  const quoted = new Map(messages.map((message) => [message.id, message]));
  return { messages, hasMore: false, hasNewer: false, quoted, loading: null, failed: false, newLineAfter: null, lineSeen: false, lineAbove: false, atBottom: true, ...more };
}

/**
 * @param {number} id
 * @param {Partial<Room>} [more]
 * @returns {Room}
 */
export function roomOf(id, more = {}) {
  return /** @type {Room} */ ({
    id,
    kind: "open",
    name: "",
    topic: "",
    everyone: false,
    archived: false,
    people: [],
    role: "member",
    level: "all",
    joined: true,
    rev: 17,
    position: 17,
    lastSeq: 17,
    newAfter: 17,
    lastReadSeq: 17,
    readAhead: 0,
    mentions: [],
    rights: { post: true, rename: true, archive: true, add_members: true, remove_members: true, set_roles: true, leave: true, join: false },
    canPost: true,
    memberCount: 12,
    createdAt: "2026-09-14T08:00:00Z",
    createdBy: ANN,
    timeline: null,
    held: [],
    pending: [],
    draft: "",
    openedAt: 0,
    ...more,
  });
}

/**
 * @param {string} body
 * @param {Pending["status"]} status
 * @returns {Pending}
 */
export function pendingOf(body, status) {
  return { nonce: `sample-${body.length}-${status}`, room: 1, body, writtenAt: NOW - MINUTE, order: 1, status };
}

const ROOMS = [
  roomOf(1, { name: "Reading evening", topic: "Saturday 28 November, 18:30, library. Posters, chairs, who brings what." }),
  roomOf(2, { name: "大堂", lastReadSeq: 14, topic: "什么都可以聊" }),
  roomOf(3, { name: "Garden", mentions: [12, 15], lastReadSeq: 9 }),
  roomOf(4, { name: "Committee", kind: "private" }),
  roomOf(5, { name: "Old announcements of the neighbourhood association", level: "nothing", lastReadSeq: 2 }),
  roomOf(6, { name: "设计评审", kind: "private", lastReadSeq: 0, lastSeq: 1284 }),
  roomOf(7, { kind: "direct", people: [BOB, ANN] }),
  roomOf(8, { kind: "direct", people: [BOB, XIAOMING], lastReadSeq: 15 }),
  roomOf(9, { kind: "direct", people: [BOB, LILEI] }),
  roomOf(10, { kind: "direct", people: [BOB, NOOR] }),
];

/**
 * The state of a page of Bob's with `open` in view.
 * @param {Partial<Room>} [open]
 * @param {Partial<State>} [more]
 * @returns {State}
 */
export function stateOf(open = {}, more = {}) {
  const rooms = new Map(ROOMS.map((room) => [room.id, { ...room }]));
  rooms.set(1, { ...ROOMS[0], timeline: timelineOf(talk()), ...open });
  return {
    version: 1,
    me: BOB,
    rev: 1,
    epoch: "sample",
    people: new Map(
      Object.entries(NAMES).map(([id, name]) => [
        Number(id),
        { id: Number(id), name, handle: ["", "ann", "bob", "xiaoming", "lilei", "noor", ""][Number(id)], ...(Number(id) === ARCHIVED ? { kind: "imported" } : {}) },
      ]),
    ),
    presence: new Map([[ANN, "online"], [XIAOMING, "idle"], [BOB, "online"]]),
    rooms,
    open: 1,
    opening: null,
    connection: { phase: "live", since: NOW - MINUTE, waiting: 0 },
    typing: new Map(),
    panel: null,
    members: null,
    listShown: false,
    attending: true,
    now: NOW,
    limits: { body_characters: 10_000 },
    heartbeat: { interval: 54, timeout: 60 },
    urls: {
      directory: "#directory", people: "#people", create: "#create", settings: "#settings", room: "#room", members: "#members",
      join: "#join", direct: "#direct", login: "#login", profile: "#profile", logout: "#logout",
    },
    site: { name: "Lindenhof 林登霍夫", seal: "" },
    invitation: { url: "https://chat.example.org/join/m3kq-9vtz-7hxa" },
    language: document.documentElement.lang,
    ...more,
  };
}
