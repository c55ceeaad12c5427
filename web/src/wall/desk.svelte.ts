import { acknowledgeAlarm, ApiError, orderAction } from "../lib/api";
import { alarmRows, isAlarmFlood, walkOrder, type AlarmRow } from "../lib/alarms";
import type { OwnLayer, Provenance } from "../lib/own-layers";
import { Siren } from "../lib/siren";
import { language } from "../shared/lang.svelte";
import type { Room } from "../shared/room.svelte";

export type Sheet = "help" | "layers" | null;
export type ListTab = "sites" | "teams" | "alarms" | "orders";

const NOTICE_MS = 8000;

/** What the person at the wall has chosen, opened, muted and asked for. */
export class Desk {
  chosenAlarm = $state<string | null>(null);
  chosenSite = $state<string | null>(null);
  sheet = $state<Sheet>(null);
  list = $state<ListTab | null>(null);
  viewLocked = $state(false);
  notice = $state("");
  mutedMs = $state(0);
  /** The deployer's own layers that the map has, and how real their things are. */
  ownLayers = $state.raw<readonly OwnLayer[]>([]);
  provenances = $state.raw<readonly Provenance[]>([]);
  siren = new Siren();
  #noticeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly room: Room) {}

  /** Rows follow the topics; the age of alarms follows the clock by minutes only. */
  alarms = $derived.by(() => alarmRows(this.room.read("alarms", "incidents", "readings", "sites")));
  #minute = $derived.by(() => Math.floor(this.room.now / 60_000));
  flood = $derived(isAlarmFlood(this.alarms, this.#minute * 60_000));

  /** The site whose chart is shown: the chosen one, else that of the first alarm. */
  chartSite = $derived(this.chosenSite ?? this.alarms[0]?.siteId ?? null);

  chooseSite(siteId: string): void {
    this.chosenSite = siteId;
    this.chosenAlarm = this.alarms.find((row) => row.siteId === siteId)?.incidentId ?? null;
  }

  chooseAlarm(row: AlarmRow): void {
    this.chosenAlarm = row.incidentId;
    this.chosenSite = row.siteId;
  }

  release(): void {
    this.chosenAlarm = null;
    this.chosenSite = null;
  }

  walk(step: 1 | -1): void {
    const rows = walkOrder(this.alarms, this.flood);
    const at = rows.findIndex((row) => row.incidentId === this.chosenAlarm);
    const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step));
    const row = rows[next];
    if (row) this.chooseAlarm(row);
  }

  /** Acknowledges the chosen alarm, or the first new one where the chosen is not new. */
  acknowledgeNext(): void {
    const fresh = walkOrder(this.alarms, this.flood).filter((row) => row.state === "new");
    const row = fresh.find((r) => r.incidentId === this.chosenAlarm) ?? fresh[0];
    if (row && this.room.mayCommand) void this.acknowledge(row.incidentId);
  }

  async acknowledge(incidentId: string): Promise<void> {
    await this.#try(language.t.alarms.acknowledge, () => acknowledgeAlarm(incidentId));
  }

  async order(orderId: string, action: "confirm" | "recall", version: number): Promise<void> {
    await this.#try(language.t.orders[action], () => orderAction(orderId, action, version));
  }

  toggleMute(): void {
    this.siren.toggleMute(performance.now());
    this.mutedMs = this.siren.mutedForMs(performance.now());
  }

  async #try(what: string, act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      const why = error instanceof ApiError && error.status === 0 ? language.t.signIn.offline : String((error as Error).message);
      this.#tell(language.t.failed(what, why));
    }
  }

  #tell(notice: string): void {
    this.notice = notice;
    clearTimeout(this.#noticeTimer);
    this.#noticeTimer = setTimeout(() => (this.notice = ""), NOTICE_MS);
  }
}
