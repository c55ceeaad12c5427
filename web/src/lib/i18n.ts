import type { AlarmState, Health, Level, Link, Mode, OrderState, Quality, Scene, Site, Team, TeamState } from "./protocol";
import type { EventKind } from "./events";
import type { OwnLayer, Provenance } from "./own-layers";
import type { Freshness } from "./freshness";
import type { FieldAction } from "./orders";

export type Lang = "zh" | "en";

const zh = {
  title: "城区内涝监测一张图",
  otherLanguage: "English",
  signIn: { heading: "登录", user: "用户名", password: "密码", submit: "登录", wrong: "用户名或密码不正确", tooMany: "尝试次数过多，请一分钟后再试", offline: "无法连接服务器", out: "退出登录" },
  units: { seconds: "秒", minutes: "分", hours: "时", days: "天" },
  mode: { live: "实时", drill: "演练", replay: "回放", simulation: "模拟演练" } satisfies Record<Mode, string>,
  modeNotice: { live: "", drill: "不发送真实警报", replay: "历史数据，不发送真实警报", simulation: "模拟数据，不发送真实警报" } satisfies Record<Mode, string>,
  scene: { heading: "本场说明" },
  position: { approximate: "近似位置", constructed: "构造位置" } satisfies Record<Exclude<Site["position"], "surveyed" | null>, string>,
  provenance: { real: "真实", approximate: "近似", invented: "虚构" } satisfies Record<Provenance, string>,
  freshness: { live: "实时", late: "数据延迟", dead: "数据延迟" } satisfies Record<Freshness, string>,
  delay: "延迟",
  paused: "暂停",
  noData: "暂无数据",
  sensorsOnline: "传感器在线",
  lost: "与服务器失去联系",
  lostHint: "画面停在断开前的状态，正在重新连接",
  connecting: "正在连接",
  level: { 0: "正常", 1: "蓝", 2: "黄", 3: "橙", 4: "红" } satisfies Record<Level, string>,
  levelLong: { 0: "正常", 1: "蓝色", 2: "黄色", 3: "橙色", 4: "红色" } satisfies Record<Level, string>,
  link: { online: "在线", offline: "离线", stale: "超时", unknown: "无数据" } satisfies Record<Link, string>,
  alarmState: { new: "未确认", acknowledged: "已确认", returned: "已回落", closed: "已关闭" } satisfies Record<AlarmState, string>,
  orderState: { proposed: "待确认", confirmed: "已确认", sent: "已发送", acknowledged: "已收到", en_route: "途中", on_scene: "到场", done: "完成", declined: "拒绝", recalled: "撤回" } satisfies Record<OrderState, string>,
  teamState: { free: "待命", assigned: "已派", en_route: "途中", on_scene: "到场", off: "离岗" } satisfies Record<TeamState, string>,
  siteKind: { road: "道路", underpass: "下穿", river: "河道", well: "检查井", rain: "雨量", tide: "潮位", pump: "泵站", flow: "流量" } satisfies Record<Site["kind"], string>,
  healthState: { ok: "正常", degraded: "降级", down: "中断" } satisfies Record<Health["state"], string>,
  component: { ingest: "数据接入", forecast: "积水预报", dispatch: "调度", database: "数据库", broker: "消息总线", sensors: "传感器", alerts: "消息推送", upkeep: "质量判定", sl651: "遥测网关" } as Record<string, string>,
  quality: { suspect: "存疑", bad: "无效" } as Partial<Record<Quality, string>>,
  flag: {
    range: "超量程", fast: "陡变", spike: "尖峰", flat: "停滞", zero_step: "归零跳变", neighbour: "邻站不符", rain: "与降雨不符", drift: "零点漂移", obstructed: "遮挡",
    clock_ahead: "时钟超前", clock_behind: "时钟滞后", clock_unset: "时钟未校", maintenance: "检修中", corrected: "人工订正", held_bad: "人工判废", disproved: "非积水",
  } as Record<string, string>,
  producedBy: { persistence: "持续性预报", damped_trend: "阻尼趋势" } as Record<string, string>,
  rain: { heading: "降雨 · 近 3 小时", none: "本场无雨量站", unit: "毫米/10 分", mean: (n: number) => `${n} 站均值`, wettest: "1 小时最大" },
  ranking: { heading: "分区积水", none: "暂无站点", noArea: "未标区划" },
  teams: { heading: "外勤队伍", none: "暂无队伍", people: "人" },
  health: { heading: "数据链路", none: "暂无状态" },
  kpi: { deepest: "最深 cm", fastest: "涨最快 mm/min", teams: "队伍忙/闲", orders: "待确认", none: "无" },
  alarms: { heading: "报警", order: "按等级 · 未确认优先", none: "当前无报警", acknowledge: "确认", silence: "涨水中失联", unacknowledged: "未确认", flood: "十分钟超十条 · 按区归并" },
  orders: { heading: "外勤任务", none: "当前无任务", confirm: "确认", recall: "撤回", alertFailed: "通知失败" },
  chart: { heading: "实测与预报", none: "选择一个站点查看水位", observed: "实测", median: "预报中位", bands: "50/90% 区间", issued: "起报", noForecast: "暂无预报", empty: "近 6 小时无实测", historyFailed: "历史水位未取到，仅显示实时" },
  more: (n: number) => `另有 ${n} 条`,
  list: { heading: "全部站点与任务", sites: "站点", teams: "队伍", alarms: "报警", orders: "任务", search: "搜索名称或区划", close: "关闭", none: "没有匹配", capped: (shown: number, all: number) => `显示 ${shown} / ${all}，请缩小搜索范围` },
  map: {
    label: "地图", districts: "行政区划", metro: "地铁站", graticule: "经纬网", teams: "外勤队伍", labels: "积水点名称", normal: "正常站点",
    own: { rivers: "河流", roads: "道路", tunnels: "隧道", drains: "排水管", grid: "网格", pump_stations: "泵站" } satisfies Record<OwnLayer, string>,
    layers: "图层", basemap: "底图：行政区划（简化）", data: "数据", locked: "视图已锁定 · F 恢复", offline: "离线", stale: "超时", team: "队伍",
    noWebgl: "此浏览器无法显示地图（没有 WebGL），请用站点列表", noPosition: (n: number) => `${n} 个站点无坐标，见列表`,
  },
  event: {
    opened: (site: string, what: string) => `${site} 险情 ${what}`,
    silent: (site: string) => `${site} 涨水中失联`,
    closed: (site: string) => `${site} 险情解除`,
    alarm_acknowledged: (site: string, _what: string, by: string) => `${site} 报警已确认 ${by}`,
    order_proposed: (site: string, team: string) => `${team} → ${site} 待确认`,
    order_confirmed: (site: string, team: string, by: string) => `${team} → ${site} 指令已确认 ${by}`,
    order_acknowledged: (site: string, team: string) => `${team} 收到 ${site}`,
    order_en_route: (site: string, team: string) => `${team} 出发 ${site}`,
    order_on_scene: (site: string, team: string) => `${team} 到场 ${site}`,
    order_done: (site: string, team: string) => `${team} 完成 ${site}`,
    order_ended: (site: string, team: string) => `${team} → ${site} 指令结束`,
  } satisfies Record<EventKind, (site: string, what: string, by: string) => string>,
  latest: "最新",
  noEvents: "暂无事件",
  keys: { heading: "按键说明", acknowledge: "确认报警", walk: "上一条 / 下一条报警", mute: "静音 5 分钟", full: "全部站点", districts: "郑州市区", layers: "图层", search: "搜索列表", help: "本说明", escape: "关闭窗口" },
  keysShort: { acknowledge: "确认", walk: "选择", mute: "静音", full: "全图", districts: "区划", layers: "图层", search: "列表", help: "说明" },
  space: "空格",
  muted: "已静音",
  enableSound: "点击启用声音",
  failed: (what: string, why: string) => `${what}失败：${why}`,
  field: {
    title: "我的任务", none: "暂无任务", noneHint: "新任务会自动出现在这里", pending: (n: number) => `未上传 ${n} 条`, uploaded: "已全部上传", offlineSince: (t: string) => `离线 · 数据截至 ${t}`,
    depth: "积水", rate: "变化", distance: "距离", reason: "派遣原因", navigate: "导航", amap: "高德导航", baidu: "百度地图", geo: "打开地图", queued: "待上传",
    action: { acknowledge: "收到", depart: "出发", arrive: "到达", finish: "完成" } satisfies Record<FieldAction, string>,
    rejected: (what: string, why: string) => `“${what}”未被接受：${why}`, dismiss: "知道了", noTeam: "此账号不属于任何队伍，显示全部任务", online: "在线", offline: "离线",
  },
};

export type Texts = typeof zh;

const en: Texts = {
  title: "One Map · urban flood monitoring",
  otherLanguage: "中文",
  signIn: { heading: "Sign in", user: "User", password: "Password", submit: "Sign in", wrong: "User or password is wrong", tooMany: "Too many tries; wait a minute", offline: "The server cannot be reached", out: "Sign out" },
  units: { seconds: "s", minutes: "min", hours: "h", days: "d" },
  mode: { live: "Live", drill: "DRILL", replay: "REPLAY", simulation: "SIMULATION DRILL" },
  modeNotice: { live: "", drill: "no real alert is sent", replay: "past data, no real alert is sent", simulation: "simulated data, no real alert is sent" },
  scene: { heading: "About this scene" },
  position: { approximate: "approx. place", constructed: "invented place" },
  provenance: { real: "real", approximate: "approximate", invented: "invented" },
  freshness: { live: "Live", late: "Data late", dead: "Data late" },
  delay: "delay",
  paused: "PAUSED",
  noData: "no data",
  sensorsOnline: "Sensors online",
  lost: "Lost contact with the server",
  lostHint: "the picture stands as it was; connecting again",
  connecting: "Connecting",
  level: { 0: "Normal", 1: "Blue", 2: "Yellow", 3: "Orange", 4: "Red" },
  levelLong: { 0: "Normal", 1: "Blue", 2: "Yellow", 3: "Orange", 4: "Red" },
  link: { online: "Online", offline: "Offline", stale: "Stale", unknown: "No data" },
  alarmState: { new: "New", acknowledged: "Acked", returned: "Returned", closed: "Closed" },
  orderState: { proposed: "To confirm", confirmed: "Confirmed", sent: "Sent", acknowledged: "Received", en_route: "En route", on_scene: "On scene", done: "Done", declined: "Declined", recalled: "Recalled" },
  teamState: { free: "Free", assigned: "Assigned", en_route: "En route", on_scene: "On scene", off: "Off" },
  siteKind: { road: "Road", underpass: "Underpass", river: "River", well: "Manhole", rain: "Rain", tide: "Tide", pump: "Pumps", flow: "Flow" },
  healthState: { ok: "OK", degraded: "Degraded", down: "Down" },
  component: { ingest: "Ingest", forecast: "Forecast", dispatch: "Dispatch", database: "Database", broker: "Broker", sensors: "Sensors", alerts: "Alerts", upkeep: "Quality", sl651: "SL 651" },
  quality: { suspect: "doubtful", bad: "invalid" },
  flag: {
    range: "out of range", fast: "fast change", spike: "spike", flat: "stuck", zero_step: "zero step", neighbour: "unlike neighbours", rain: "unlike the rain", drift: "drift", obstructed: "obstructed",
    clock_ahead: "clock ahead", clock_behind: "clock behind", clock_unset: "clock unset", maintenance: "maintenance", corrected: "corrected", held_bad: "rejected", disproved: "no water",
  },
  producedBy: { persistence: "persistence", damped_trend: "damped trend" },
  rain: { heading: "Rain · last 3 h", none: "No rain gauge in this event", unit: "mm/10 min", mean: (n: number) => `mean of ${n}`, wettest: "Most in 1 h" },
  ranking: { heading: "Flooding by district", none: "No sites yet", noArea: "No district" },
  teams: { heading: "Field teams", none: "No teams yet", people: "people" },
  health: { heading: "Data links", none: "No status yet" },
  kpi: { deepest: "Deepest, cm", fastest: "Rise, mm/min", teams: "Busy/free", orders: "Pending", none: "none" },
  alarms: { heading: "Alarms", order: "by level, new first", none: "No alarms", acknowledge: "Ack", silence: "silent while rising", unacknowledged: "new", flood: "many: by district" },
  orders: { heading: "Tasks", none: "No tasks", confirm: "Confirm", recall: "Recall", alertFailed: "alert failed" },
  chart: { heading: "Observed and forecast", none: "Choose a site to see its water", observed: "observed", median: "median", bands: "50/90 %", issued: "issued", noForecast: "no forecast yet", empty: "nothing observed in 6 h", historyFailed: "history not loaded; live only" },
  more: (n: number) => `${n} more`,
  list: { heading: "All sites and tasks", sites: "Sites", teams: "Teams", alarms: "Alarms", orders: "Tasks", search: "Search name or district", close: "Close", none: "Nothing matches", capped: (shown: number, all: number) => `${shown} of ${all} shown; search to narrow` },
  map: {
    label: "Map", districts: "Districts", metro: "Metro stations", graticule: "Graticule", teams: "Field teams", labels: "Names of flooded sites", normal: "Normal sites",
    own: { rivers: "Rivers", roads: "Roads", tunnels: "Tunnels", drains: "Drains", grid: "Grid", pump_stations: "Pump stations" },
    layers: "Layers", basemap: "Basemap: districts (simplified)", data: "Data", locked: "View locked · F releases", offline: "Offline", stale: "Stale", team: "Team",
    noWebgl: "This browser cannot draw the map (no WebGL); use the list of sites", noPosition: (n: number) => `${n} sites without position: see list`,
  },
  event: {
    opened: (site: string, what: string) => `${site}: incident, ${what}`,
    silent: (site: string) => `${site}: silent while rising`,
    closed: (site: string) => `${site}: incident over`,
    alarm_acknowledged: (site: string, _what: string, by: string) => `${site}: alarm acknowledged by ${by}`,
    order_proposed: (site: string, team: string) => `${team} → ${site}: waits for confirmation`,
    order_confirmed: (site: string, team: string, by: string) => `${team} → ${site}: confirmed by ${by}`,
    order_acknowledged: (site: string, team: string) => `${team} received ${site}`,
    order_en_route: (site: string, team: string) => `${team} set out for ${site}`,
    order_on_scene: (site: string, team: string) => `${team} on scene at ${site}`,
    order_done: (site: string, team: string) => `${team} done at ${site}`,
    order_ended: (site: string, team: string) => `${team} → ${site}: order ended`,
  },
  latest: "Latest",
  noEvents: "no events yet",
  keys: { heading: "Keys", acknowledge: "acknowledge the alarm", walk: "next / previous alarm", mute: "mute for 5 min", full: "all sites", districts: "districts of Zhengzhou", layers: "layers", search: "search the list", help: "this help", escape: "close a window" },
  keysShort: { acknowledge: "ack", walk: "choose", mute: "mute", full: "all", districts: "city", layers: "layers", search: "list", help: "help" },
  space: "Space",
  muted: "Muted",
  enableSound: "Click for sound",
  failed: (what: string, why: string) => `${what} failed: ${why}`,
  field: {
    title: "My tasks", none: "No tasks", noneHint: "A new task appears here by itself", pending: (n: number) => `${n} not uploaded`, uploaded: "All uploaded", offlineSince: (t: string) => `Offline · as of ${t}`,
    depth: "Depth", rate: "Change", distance: "Distance", reason: "Why you", navigate: "Navigate", amap: "Amap", baidu: "Baidu Maps", geo: "Open in maps", queued: "not uploaded",
    action: { acknowledge: "Received", depart: "Set out", arrive: "Arrived", finish: "Finished" },
    rejected: (what: string, why: string) => `“${what}” was not accepted: ${why}`, dismiss: "OK", noTeam: "This account has no team; all tasks are shown", online: "Online", offline: "Offline",
  },
};

export const TEXTS: Record<Lang, Texts> = { zh, en };

/** Names of the districts that ship with the product; others are shown as they are. */
const DISTRICTS_EN: Record<string, string> = {
  中原区: "Zhongyuan", 二七区: "Erqi", 管城回族区: "Guancheng", 金水区: "Jinshui", 上街区: "Shangjie", 惠济区: "Huiji",
  中牟县: "Zhongmu", 巩义市: "Gongyi", 荥阳市: "Xingyang", 新密市: "Xinmi", 新郑市: "Xinzheng", 登封市: "Dengfeng",
};

export function areaName(area: string | null, lang: Lang): string {
  if (area === null) return TEXTS[lang].ranking.noArea;
  return lang === "en" ? (DISTRICTS_EN[area] ?? area) : area;
}

export function siteName(site: Site | undefined, id: string, lang: Lang): string {
  if (!site) return id;
  return lang === "en" ? (site.name_en ?? site.name) : site.name;
}

export function teamName(team: Team | undefined, id: string, lang: Lang): string {
  if (!team) return id;
  return lang === "en" ? (team.name_en ?? team.name) : team.name;
}

/** The room's own title; the shipped one is known in both languages. */
export function roomTitle(title: string | null, lang: Lang): string {
  return title === null || title === zh.title ? TEXTS[lang].title : title;
}

/** What is played, by title, and what of it is constructed; empty where nobody has said. */
export function sceneText(scene: Scene | null | undefined, lang: Lang): { title: string; note: string } {
  if (!scene) return { title: "", note: "" };
  return lang === "en" ? { title: scene.title_en, note: scene.note_en } : { title: scene.title, note: scene.note };
}
