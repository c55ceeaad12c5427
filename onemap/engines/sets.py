"""What is unpacked: sets of Debian packages and the programs we start from them."""

from dataclasses import dataclass, field

RELEASE = "trixie"  # the first Debian release with TimescaleDB for PostgreSQL 17

# Asked for by the packages' installation scripts, which we do not run.
INSTALLERS = (
    *("adduser", "base-passwd", "debconf", "init-system-helpers", "login.defs", "passwd", "procps", "sensible-utils"),
    *("libc-bin", "libc-l10n", "locales", "libperl", "perl", "openssl", "ssl-cert", "sysvinit-utils", "ucf"),
    *("libjson-perl", "libio-pty-perl", "libipc-run-perl", "libtext-charwidth-perl", "libtext-wrapi18n-perl"),
    *("postgresql-common", "postgresql-client-common", "systemd", "dbus", "libpam-modules", "libpam-systemd"),
)
JIT = ("libllvm", "libz3")  # PostgreSQL runs with jit off; Chromium brings its own software renderer
DESKTOP = ("adwaita-icon-theme", "libgtk-3-common", "libgtk-3-bin", "mesa-libgallium", "libsystemd-shared")


@dataclass(frozen=True, kw_only=True)
class EngineSet:
    """Packages unpacked together into one prefix.

    `programs` are patterns below the prefix: the executables that are pointed at the prefix's own libraries.
    `libraries` are patterns of libraries that Debian points at folders of the system; they are pointed at ours.
    `left_out` are beginnings of names of packages that the resolver adds and that nothing we start needs.
    `needs_mb` is the room for packages and unpacked files together, measured and rounded up.
    """

    name: str
    packages: tuple[str, ...]
    programs: tuple[str, ...]
    needs_mb: int
    libraries: tuple[str, ...] = ()
    left_out: tuple[str, ...] = field(default=INSTALLERS)

    def wants(self, package: str) -> bool:
        """Whether a package that the resolver chose is to be fetched at all."""
        return package in self.packages or not package.startswith(self.left_out)


ENGINES = EngineSet(
    name="engines",
    packages=("postgresql-17", "postgresql-client-17", "postgresql-17-timescaledb", "mosquitto", "mosquitto-clients"),
    programs=("usr/lib/postgresql/17/bin/*", "usr/sbin/mosquitto", "usr/bin/mosquitto_*"),
    needs_mb=400,
    left_out=(*INSTALLERS, *JIT),
)

BROWSER = EngineSet(
    name="browser",
    packages=("chromium", "fonts-noto-cjk", "fonts-dejavu-core"),
    programs=("usr/lib/chromium/chromium", "usr/lib/chromium/chrome_crashpad_handler"),
    libraries=("usr/lib/*-linux-gnu/libpulse*.so.*",),
    needs_mb=1200,
    left_out=(*INSTALLERS, *JIT, *DESKTOP),
)
