/** Keeps the wall's screen awake while it is visible; browsers drop the lock whenever the tab is hidden. */
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | null = null;
  const ask = async (): Promise<void> => {
    if (document.hidden || !("wakeLock" in navigator)) return;
    lock = await navigator.wakeLock.request("screen").catch(() => null); // refused on low battery or plain http
  };
  const onVisible = (): void => void ask();
  document.addEventListener("visibilitychange", onVisible);
  void ask();
  return () => {
    document.removeEventListener("visibilitychange", onVisible);
    void lock?.release();
  };
}
