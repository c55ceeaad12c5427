import { TEXTS, type Lang, type Texts } from "../lib/i18n";

const KEY = "onemap-lang";

class Language {
  lang = $state<Lang>(localStorage.getItem(KEY) === "en" ? "en" : "zh");

  get t(): Texts {
    return TEXTS[this.lang];
  }

  toggle(): void {
    this.lang = this.lang === "zh" ? "en" : "zh";
    localStorage.setItem(KEY, this.lang);
  }
}

export const language = new Language();
