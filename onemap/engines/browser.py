"""A browser for the tests: Debian's Chromium with fonts of its own, run without a screen."""

from pathlib import Path

FLAGS = (
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",
)

FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
{aliases}
</fontconfig>
"""
ALIAS = "  <alias><family>{generic}</family><prefer>{families}</prefer></alias>"
FAMILIES = {
    "sans-serif": ("Noto Sans CJK SC", "DejaVu Sans"),
    "system-ui": ("Noto Sans CJK SC", "DejaVu Sans"),
    "serif": ("Noto Serif CJK SC", "DejaVu Serif"),
    "monospace": ("DejaVu Sans Mono", "Noto Sans Mono CJK SC"),
}


def executable(prefix: Path) -> Path:
    """The browser itself; Debian's wrapper script reads the system's settings and is left aside."""
    return prefix / "usr/lib/chromium/chromium"


def environment(prefix: Path, cache: Path) -> dict[str, str]:
    """Variables that give the browser the prefix's fonts, with their cache in a folder it may write to."""
    aliases = (
        ALIAS.format(generic=generic, families="".join(f"<family>{name}</family>" for name in families))
        for generic, families in FAMILIES.items()
    )
    cache.mkdir(parents=True, exist_ok=True)
    file = cache / "fonts.conf"
    file.write_text(FONTS.format(fonts=prefix / "usr/share/fonts", cache=cache, aliases="\n".join(aliases)))
    return {"FONTCONFIG_FILE": str(file)}
