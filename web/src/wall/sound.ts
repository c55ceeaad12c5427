import type { Tone } from "../lib/siren";

const NOTES: Record<Tone, { hz: number; startS: number; lengthS: number }[]> = {
  red: [
    { hz: 988, startS: 0, lengthS: 0.18 },
    { hz: 740, startS: 0.22, lengthS: 0.18 },
    { hz: 988, startS: 0.44, lengthS: 0.24 },
  ],
  orange: [
    { hz: 660, startS: 0, lengthS: 0.22 },
    { hz: 880, startS: 0.26, lengthS: 0.3 },
  ],
};
const LOUDNESS = 0.35;
const EDGE_S = 0.02; // a soft edge, so that the beep does not click

/** Beeps by WebAudio. A browser keeps it silent until a person has touched the page. */
export class Sound {
  #context = new AudioContext();

  constructor(onReady: (ready: boolean) => void) {
    const tell = (): void => onReady(this.#context.state === "running");
    this.#context.onstatechange = tell;
    tell();
  }

  async enable(): Promise<void> {
    await this.#context.resume();
  }

  play(tone: Tone): void {
    if (this.#context.state !== "running") return;
    for (const { hz, startS, lengthS } of NOTES[tone]) this.#note(hz, this.#context.currentTime + startS, lengthS);
  }

  close(): void {
    void this.#context.close();
  }

  #note(hz: number, at: number, lengthS: number): void {
    const oscillator = new OscillatorNode(this.#context, { type: "triangle", frequency: hz });
    const gain = new GainNode(this.#context, { gain: 0 });
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(LOUDNESS, at + EDGE_S);
    gain.gain.setValueAtTime(LOUDNESS, at + lengthS - EDGE_S);
    gain.gain.linearRampToValueAtTime(0, at + lengthS);
    oscillator.connect(gain).connect(this.#context.destination);
    oscillator.start(at);
    oscillator.stop(at + lengthS);
  }
}
