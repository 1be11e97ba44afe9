// Every page of the site. A page joins the checks by one line here.
import assert from "node:assert/strict";

export const languages = ["id", "en"];

// at returns where a page of that path is in a language.
export const at = (lang, path) => (lang === "id" ? path : `/${lang}${path}`);

// facts returns what the pages of a platform are about: a place that has seen
// deliveries, one to which nobody promised anything, others of another kind, and
// where they lie.
export async function facts(origin) {
  const json = async (path) => {
    const answer = await fetch(`${origin}/${path}`);
    assert.equal(answer.status, 200, path);
    return answer.json();
  };
  const root = await json((await json("data/manifest.json")).root);
  const found = { root: root.area, reports: await json("data/v1/reports/index.json") };
  const wanted = ["busy", "forgotten", "institution", "school"];
  for (const kota of root.children) {
    for (const kecamatan of (await json(kota.path)).children) {
      for (const path of Object.values((await json(kecamatan.path)).recipients)) {
        for (const { id, properties: p } of (await json(path)).features) {
          if (!p.needs.some((n) => n.remaining > 0)) continue;
          const touched = p.needs.some((n) => n.committed + n.delivered + n.received > 0);
          if (p.kind === "sekolah") found.school ??= id;
          else if (p.kind !== "rw") found.institution ??= id;
          else if (!touched) found.forgotten ??= id;
          else if (!found.busy) {
            const { commitments } = await json(`data/v1/recipients/${id}.json`);
            const bast = commitments.flatMap((c) => c.deliveries).find((d) => d.number)?.number;
            if (bast) Object.assign(found, { busy: id, bast, kota: kota.area, kecamatan: kecamatan.area, kelurahan: p.area.slice(0, 13) });
          }
          if (wanted.every((w) => found[w])) return found;
        }
      }
    }
  }
  throw new Error(`the demonstration lacks a place of some kind: ${JSON.stringify(found)}`);
}

// problems are the kinds of refusal that have a page, as its index lists them.
export const problems = [
  "malformed", "denied", "not-found", "method", "already-exists", "stale", "too-large", "media-type", "invalid",
  "busy", "fault", "melebihi-sisa", "state", "challenge", "code", "expired", "quota",
];

// pages lists every page, by its path in Indonesian: where it is, what its
// pictures are called, and what is particular about it.
//
//   hidden     is found by no search engine
//   script     says nothing without one
//   frame      is shown inside of other sites
export function pages(f) {
  const report = (kind) => f.reports.reports.find((r) => r.kind === kind)?.period;
  return [
    { path: "/", name: "depan" },
    { path: "/peta/", name: "peta" },
    { path: `/wilayah/${f.kota}/`, name: "wilayah-kota" },
    { path: `/wilayah/${f.kecamatan}/`, name: "wilayah-kecamatan" },
    { path: `/wilayah/${f.kelurahan}/`, name: "wilayah-kelurahan" },
    { path: `/wilayah/${f.school.slice(0, 13)}/sekolah/`, name: "wilayah-sekolah" },
    { path: `/lokasi/${f.busy}/`, name: "lokasi-ramai" },
    { path: `/lokasi/${f.forgotten}/`, name: "lokasi-terlupa" },
    { path: `/lokasi/${f.institution}/`, name: "lokasi-lembaga" },
    { path: `/bantu/${f.busy}/`, name: "bantu", hidden: true },
    { path: `/poster/#${f.busy}`, name: "poster", hidden: true },
    { path: `/embed/${f.root}/`, name: "embed", hidden: true, frame: true },
    { path: `/embed/${f.kecamatan}/`, name: "embed-kecamatan", hidden: true, frame: true },
    { path: "/sematkan/", name: "sematkan" },
    { path: "/k/", name: "k", hidden: true },
    { path: "/pj/", name: "pj", hidden: true },
    { path: "/lapor/", name: "lapor" },
    { path: "/petugas/", name: "petugas", hidden: true },
    { path: "/bast/", name: "bast" },
    { path: `/bast/${f.bast}/`, name: "bast-nomor", hidden: true },
    { path: "/kolaborator/", name: "kolaborator" },
    { path: "/program/", name: "program" },
    { path: "/program/pangan/", name: "program-pangan" },
    { path: "/paket/", name: "paket" },
    { path: "/mitra/", name: "mitra" },
    { path: "/statistik/", name: "statistik" },
    { path: `/statistik/${f.kota}/`, name: "statistik-kota" },
    { path: "/laporan/", name: "laporan" },
    ...["monthly", "weekly", "daily"].filter(report).map((kind) => ({ path: `/laporan/${report(kind)}/`, name: `laporan-${kind}` })),
    { path: "/data/", name: "data" },
    { path: "/aduan/", name: "aduan" },
    { path: "/usulan/", name: "usulan" },
    { path: "/langganan/", name: "langganan" },
    { path: "/cara/", name: "cara" },
    { path: "/privasi/", name: "privasi" },
    { path: "/aksesibilitas/", name: "aksesibilitas" },
    { path: "/status/", name: "status" },
    { path: "/luring/", name: "luring", hidden: true },
    { path: "/masalah/", name: "masalah", hidden: true },
    ...problems.map((slug) => ({ path: `/masalah/${slug}/`, name: `masalah-${slug}`, hidden: true, alike: slug !== problems[0] })),
    { path: "/tidak/ada/di/sini/", name: "404", hidden: true, status: 404 },
  ];
}
