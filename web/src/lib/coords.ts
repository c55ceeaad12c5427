/**
 * WGS 84 to the offset systems of Chinese navigation apps. Storage is WGS 84; these are for the hand-off only.
 * The GCJ-02 polynomial is the published one (Krasovsky 1940 ellipsoid), good to about a metre.
 */

export interface LonLat {
  lon: number;
  lat: number;
}

const SEMI_MAJOR_M = 6_378_245;
const ECCENTRICITY_SQ = 0.00669342162296594323;
const BAIDU_PI = (Math.PI * 3000) / 180;

/** The box in which navigation apps expect offset coordinates. */
export function isInChina({ lon, lat }: LonLat): boolean {
  return lon > 73.66 && lon < 135.05 && lat > 3.86 && lat < 53.55;
}

export function wgs84ToGcj02({ lon, lat }: LonLat): LonLat {
  const x = lon - 105;
  const y = lat - 35;
  const phi = (lat / 180) * Math.PI;
  const magic = 1 - ECCENTRICITY_SQ * Math.sin(phi) ** 2;
  const meridian = (SEMI_MAJOR_M * (1 - ECCENTRICITY_SQ)) / magic ** 1.5;
  const parallel = (SEMI_MAJOR_M / Math.sqrt(magic)) * Math.cos(phi);
  return {
    lon: lon + (offsetEast(x, y) * 180) / (parallel * Math.PI),
    lat: lat + (offsetNorth(x, y) * 180) / (meridian * Math.PI),
  };
}

export function gcj02ToBd09({ lon, lat }: LonLat): LonLat {
  const radius = Math.hypot(lon, lat) + 0.00002 * Math.sin(lat * BAIDU_PI);
  const angle = Math.atan2(lat, lon) + 0.000003 * Math.cos(lon * BAIDU_PI);
  return { lon: radius * Math.cos(angle) + 0.0065, lat: radius * Math.sin(angle) + 0.006 };
}

function waves(v: number): number {
  return ((20 * Math.sin(6 * v * Math.PI) + 20 * Math.sin(2 * v * Math.PI)) * 2) / 3;
}

function offsetNorth(x: number, y: number): number {
  const base = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x));
  const middle = ((20 * Math.sin(y * Math.PI) + 40 * Math.sin((y / 3) * Math.PI)) * 2) / 3;
  const long = ((160 * Math.sin((y / 12) * Math.PI) + 320 * Math.sin((y * Math.PI) / 30)) * 2) / 3;
  return base + waves(x) + middle + long;
}

function offsetEast(x: number, y: number): number {
  const base = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x));
  const middle = ((20 * Math.sin(x * Math.PI) + 40 * Math.sin((x / 3) * Math.PI)) * 2) / 3;
  const long = ((150 * Math.sin((x / 12) * Math.PI) + 300 * Math.sin((x / 30) * Math.PI)) * 2) / 3;
  return base + waves(x) + middle + long;
}

export interface NavigationLink {
  app: "amap" | "baidu" | "geo";
  href: string;
}

/** Links that open a phone's navigation at the place; abroad the Chinese apps have no map, so the system's `geo:` link. */
export function navigationLinks(place: LonLat, name: string): NavigationLink[] {
  const label = encodeURIComponent(name);
  if (!isInChina(place)) {
    const at = `${place.lat.toFixed(6)},${place.lon.toFixed(6)}`;
    return [{ app: "geo", href: `geo:${at}?q=${at}(${label})` }];
  }
  const gcj = wgs84ToGcj02(place);
  const bd = gcj02ToBd09(gcj);
  return [
    { app: "amap", href: `https://uri.amap.com/navigation?to=${gcj.lon.toFixed(6)},${gcj.lat.toFixed(6)},${label}&mode=car&callnative=1` },
    {
      app: "baidu",
      href: `https://api.map.baidu.com/marker?location=${bd.lat.toFixed(6)},${bd.lon.toFixed(6)}&title=${label}&content=${label}&coord_type=bd09ll&output=html`,
    },
  ];
}
