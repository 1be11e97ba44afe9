package page

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/bahasa"
	"ksbb/shared/tally"
)

// front renders the front page of the world in a language, with these news.
func (w *world) front(t *testing.T, l bahasa.Language, latest ...tally.Act) string {
	t.Helper()
	areas := w.areas()
	root := areas[w.pack.Root]
	root.Latest = latest
	body, err := w.pages.In(l).Home(root, areas)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestTheFrontPageSaysWhoNeedsHelpAndWhoWaits(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	for l, wants := range map[bahasa.Language][]string{
		bahasa.Indonesian: {
			"<b>3</b> Padukuhan</li>", "<b>1</b> Puskesmas</li>", `href="/wilayah/34.71.01.1001/"><b>Pasir</b> <span>Karang Utara</span></a><span>1 dari 3 lokasi</span>`,
			`href="/program/air-bersih/"><b>Air Bersih</b>`, `href="/statistik/#terbesar"`,
		},
		bahasa.English: {
			"<b>3</b> Padukuhan (hamlets)</li>", "<b>1</b> Health Centre</li>", `href="/en/wilayah/34.71.01.1001/"><b>Pasir</b> <span>Karang Utara</span></a><span>1 of 3 places</span>`,
			`href="/en/program/air-bersih/"><b>Clean Water</b>`, `href="/en/statistik/#terbesar"`,
		},
	} {
		page := w.front(t, l)
		for _, want := range wants {
			if !strings.Contains(page, want) {
				t.Errorf("the front page in %s does not say %q", l, want)
			}
		}
	}
	// Where nothing is needed nobody waits: two places of the four do not.
	if page := w.front(t, bahasa.Indonesian); strings.Contains(page, "<b>Ombak</b>") {
		t.Error("a kelurahan where nothing is needed is listed among those that wait")
	}
}

func TestAPlaceIsFoundByNameWithoutAScriptUpToTheMap(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	for l, action := range map[bahasa.Language]string{bahasa.Indonesian: "/peta/", bahasa.English: "/en/peta/"} {
		found := false
		for _, e := range elements(t, "/", w.front(t, l)) {
			switch {
			case e.Name == "form":
				if e.Attrs["action"] != action || e.Attrs["method"] != "" {
					t.Errorf("the search in %s goes to %q by %q", l, e.Attrs["action"], e.Attrs["method"])
				}
			case e.Name == "input" && slices.Contains(e.Path, "form"):
				found = e.Attrs["name"] == "cari"
			}
		}
		if !found {
			t.Errorf("the front page in %s has no field to search with", l)
		}
	}
}

func TestNewsLeadToTheirPlace(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	act := func(m aid.Move, n int64) tally.Act {
		return tally.Act{
			At: w.instant, Move: m, Recipient: "34.71.01.1001.001", Place: "Padukuhan 01", Area: "34.71.01.1001.001", Name: hostile,
			Things: []tally.Things{{Package: "tangki", Quantity: n, Unit: "tangki"}, {Free: "buku <tulis>", Quantity: n, Unit: "buah"}},
		}
	}
	who := `&lt;script&gt;alert(1)&lt;/script&gt;&#34;onload=&#39;x&#39; {{.}} &amp; Contoh`
	place, english := `<a href="/lokasi/34.71.01.1001.001/">Padukuhan 01 Pasir</a>`, `<a href="/en/lokasi/34.71.01.1001.001/">Padukuhan 01 Pasir</a>`
	own := func(text string) string { return `<span lang="id">` + text + `</span>` }
	for _, c := range []struct {
		act  tally.Act
		want map[bahasa.Language]string
	}{
		{act(aid.Verify, 1), map[bahasa.Language]string{
			bahasa.Indonesian: who + " menjanjikan 1 tangki air dan 1 buah buku &lt;tulis&gt; untuk " + place,
			bahasa.English:    own(who) + " committed 1 water tank and 1 " + own("buah buku &lt;tulis&gt;") + " for " + english,
		}},
		{act(aid.Report, 2), map[bahasa.Language]string{
			bahasa.Indonesian: who + " melaporkan 2 tangki air dan 2 buah buku &lt;tulis&gt; sudah diantar ke " + place,
		}},
		{act(aid.Receive, 2), map[bahasa.Language]string{
			bahasa.Indonesian: place + " menerima 2 tangki air dan 2 buah buku &lt;tulis&gt; dari " + who,
			bahasa.English:    english + " received 2 water tanks and 2 " + own("buah buku &lt;tulis&gt;") + " from " + own(who),
		}},
		{act(aid.Receive, 0), map[bahasa.Language]string{
			bahasa.Indonesian: place + " menjawab bahwa kiriman dari " + who + " belum diterima",
		}},
		{act(aid.Settle, 2), map[bahasa.Language]string{
			bahasa.Indonesian: place + " dan " + who + " sepakat: 2 tangki air dan 2 buah buku &lt;tulis&gt; diterima",
		}},
	} {
		for l, want := range c.want {
			if page := w.front(t, l, c.act); !strings.Contains(page, want) {
				_, after, _ := strings.Cut(page, `class="news-list"`)
				t.Errorf("%s in %s is told as %.400s; want %s", c.act.Move, l, after, want)
			}
		}
	}
}

func TestTheFrontPageTellsTheNewestFewNews(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	var acts []tally.Act
	for i := range 7 {
		acts = append(acts, tally.Act{
			At: w.instant.Add(-time.Duration(i) * time.Hour), Move: aid.Verify, Recipient: "34.71.01.1001.001", Place: "Padukuhan 01", Area: "34.71.01.1001.001",
			Name: fmt.Sprintf("Komunitas Contoh %d", i), Things: []tally.Things{{Package: "tangki", Quantity: 1}},
		})
	}
	page := w.front(t, bahasa.Indonesian, acts...)
	if n := strings.Count(page, " menjanjikan 1 tangki air untuk "); n != newsflash {
		t.Errorf("%d news are told, want the newest %d", n, newsflash)
	}
	if !strings.Contains(page, "Komunitas Contoh 0") || strings.Contains(page, "Komunitas Contoh 5") {
		t.Error("the news told are not the newest")
	}
	if !strings.Contains(page, `<a href="/data/v1/feed.atom">`) {
		t.Error("the front page does not lead to all news")
	}
	if strings.Contains(w.front(t, bahasa.Indonesian), "Kabar terbaru") {
		t.Error("a region without news announces them")
	}
}

func TestAreasSayTheirPublishedFigures(t *testing.T) {
	t.Parallel()
	tree := tiny(t).tree(t)
	for path, wants := range map[string][]string{
		"/wilayah/34.71.01/":         {"Sumur warga yang kering (Sumur kering)</dt><dd>21 sumur", "Ditetapkan rawan kekeringan (Rawan kering)</dt><dd>3 lokasi"},
		"/en/wilayah/34.71.01/":      {"Wells of residents that ran dry (Dry wells)</dt><dd>21 wells", "(At risk of drought)</dt><dd>3 places"},
		"/en/wilayah/34.71.02.1001/": {"<dd>7 wells", "<dd>1 place<"},
	} {
		for _, want := range wants {
			if !strings.Contains(tree[path], want) {
				t.Errorf("%s does not say %q", path, want)
			}
		}
	}
}

func TestEveryPageInTheMenuMarksItself(t *testing.T) {
	t.Parallel()
	tree := tiny(t).tree(t)
	marked := 0
	for path, page := range tree {
		if !strings.Contains(page, `<details class="menu">`) {
			continue
		}
		for _, e := range elements(t, path, page) {
			if e.Name != "a" || !slices.Contains(e.Path, "header") || !slices.Contains(e.Path, "li") {
				continue
			}
			if here := e.Attrs["aria-current"] == "page"; here != (e.Attrs["href"] == path) {
				t.Errorf("%s: the link to %s is marked as here: %t", path, e.Attrs["href"], here)
			} else if here {
				marked++
			}
		}
	}
	if marked < 2*15 {
		t.Errorf("%d pages find themselves in the menu, want at least fifteen in each language", marked)
	}
}

func TestAPlaceLeadsToItsRecordsItsPosterAndTheMap(t *testing.T) {
	t.Parallel()
	tree := tiny(t).tree(t)
	for path, wants := range map[string][]string{
		"/lokasi/34.71.01.1001.001/":    {`href="/bast/BAST-`, `href="/poster/#34.71.01.1001.001"`, `href="/peta/#w=34.71.01.1001&amp;t=34.71.01.1001.001"`},
		"/en/lokasi/34.71.01.1001.001/": {`href="/en/bast/BAST-`, `href="/en/poster/#34.71.01.1001.001"`, `ksbb.example%2Fen%2Flokasi%2F34.71.01.1001.001%2F`},
	} {
		for _, want := range wants {
			if !strings.Contains(tree[path], want) {
				t.Errorf("%s does not lead to %s", path, want)
			}
		}
	}
}
