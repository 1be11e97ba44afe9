package page

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"
	"time"

	"ksbb/shared/aid"
)

// move is one step of a commitment's life at an instant.
type move func(c aid.Commitment, now time.Time, cat *aid.Catalogue) (aid.Commitment, error)

// lived takes a commitment through moves, an hour apart, the first an hour
// before the world's instant.
func (w *world) lived(t *testing.T, c aid.Commitment, moves ...move) aid.Commitment {
	t.Helper()
	at := w.instant.Add(-time.Hour)
	for i, m := range moves {
		var err error
		if c, err = m(c, at, w.pack.Catalogue()); err != nil {
			t.Fatalf("move %d of %s: %v", i, c.ID, err)
		}
		at = at.Add(time.Hour)
	}
	return c
}

func verify(c aid.Commitment, now time.Time, cat *aid.Catalogue) (aid.Commitment, error) {
	return c.Verified(now, cat)
}

func speak(c aid.Commitment, now time.Time, cat *aid.Catalogue) (aid.Commitment, error) {
	return c.Spoken(aid.Steward, now, cat)
}

func sign(c aid.Commitment, now time.Time, cat *aid.Catalogue) (aid.Commitment, error) {
	return c.SignedAs("sha256-"+strings.Repeat("ab", 32), now, cat)
}

func withdraw(c aid.Commitment, now time.Time, cat *aid.Catalogue) (aid.Commitment, error) {
	return c.WithdrawnFor("other", aid.Collaborator, now, cat)
}

func silent(c aid.Commitment, now time.Time, cat *aid.Catalogue) (aid.Commitment, error) {
	return c.Unanswered(now, cat)
}

func lapse(c aid.Commitment, _ time.Time, cat *aid.Catalogue) (aid.Commitment, error) {
	for c.State != aid.Lapsed {
		next, _, _, ok := c.Elapsed(c.DueAt, cat)
		if !ok {
			return c, fmt.Errorf("%s does not lapse", c.State)
		}
		c = next
	}
	return c, nil
}

func schedule(from, to string) move {
	return func(c aid.Commitment, now time.Time, cat *aid.Catalogue) (aid.Commitment, error) {
		return c.ScheduledFor(aid.Appointment{On: aid.DayOf(now, cat.Zone).Plus(1), From: from, To: to}, aid.Collaborator, now, cat)
	}
}

func deliver(id aid.DeliveryID, units ...int64) move {
	return func(c aid.Commitment, now time.Time, cat *aid.Catalogue) (aid.Commitment, error) {
		return c.Reported(aid.DeliveryReport{ID: id, On: aid.DayOf(now, cat.Zone), Quantities: units, Evidence: []aid.EvidenceID{aid.EvidenceID("file-" + id)}}, now, cat)
	}
}

func answer(id aid.DeliveryID, a aid.Answer, via aid.Via, units ...int64) move {
	return func(c aid.Commitment, now time.Time, cat *aid.Catalogue) (aid.Commitment, error) {
		return c.ReceivedAs(aid.ReceiptAnswer{Delivery: id, Answer: a, Quantities: units, Via: via}, now, cat)
	}
}

func settle(id aid.DeliveryID) move {
	return func(c aid.Commitment, now time.Time, cat *aid.Catalogue) (aid.Commitment, error) {
		return c.SettledAs(id, nil, aid.Collaborator, now, cat)
	}
}

// promise is the nth commitment of so many tangki to the first place.
func (w *world) promise(t *testing.T, n int, units int64, moves ...move) aid.Commitment {
	t.Helper()
	first := w.places[0].Recipient.ID
	return w.lived(t, aid.Commitment{
		ID: aid.CommitmentID(fmt.Sprintf("0198c0de-0000-7000-8000-%012x", n)), Recipient: first, Program: "air-bersih",
		Lines: []aid.Line{{Need: aid.NeedOf(first, "tangki"), Package: "tangki", Quantity: units, Unit: "tangki"}},
		Name:  fmt.Sprintf("Komunitas Contoh %d", n), Class: aid.Community, State: aid.Submitted, Route: aid.Direct,
		Period: aid.Period{From: "2026-05-22", To: "2026-05-24"}, VerifyBy: w.instant.Add(time.Hour), Version: 1,
	}, moves...)
}

// told renders the page of the first place with these commitments.
func (w *world) told(t *testing.T, commitments ...aid.Commitment) string {
	t.Helper()
	body, err := w.pages.Place(w.places[0], commitments, w.files, nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// What the page says of a hand-over is what both sides said, in words.
func TestAHandoverIsToldAsBothSidesDo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		about string
		moves []move
		want  []string
		never []string
	}{
		{"spoken", []move{speak},
			[]string{"30 tangki air dijanjikan", "dijanjikan 22 Mei 2026, dihubungi 22 Mei", "diantar 22–24 Mei 2026"}, []string{"menghubungi sebelum"}},
		{"agreed on", []move{speak, schedule("09:00", "11:00")},
			[]string{"30 tangki air dijadwalkan", "diantar 23 Mei 2026 pukul 09.00–11.00"}, nil},
		{"signed before anybody spoke", []move{sign},
			[]string{"30 tangki air dijanjikan", "ditandatangani 22 Mei", "menghubungi sebelum"}, nil},
		{"reported in part", []move{speak, sign, deliver("a", 10)},
			[]string{"10 dari 30 tangki air dilaporkan", "10 tangki air dilaporkan 22 Mei, menunggu konfirmasi penanggung jawab", "diantar"}, []string{"<strong class=\"none\">"}},
		{"all reported", []move{sign, deliver("a", 30)}, []string{"<b>30 tangki air dilaporkan</b>"}, []string{"diantar 22"}},
		{"a part confirmed", []move{sign, deliver("a", 10), answer("a", aid.Full, aid.ViaSteward)},
			[]string{"<b>10 dari 30 tangki air diterima</b>", "10 tangki air dilaporkan 22 Mei, semuanya diterima 22 Mei (dikonfirmasi penanggung jawab)"}, nil},
		{"confirmed by code", []move{sign, deliver("a", 30), answer("a", aid.Full, aid.ViaBAST)},
			[]string{"<b>30 tangki air diterima</b>", "diterima 22 Mei (dikonfirmasi lewat kode BAST)"}, []string{"class=\"wait\""}},
		{"fewer", []move{sign, deliver("a", 30), answer("a", aid.Fewer, aid.ViaHandover, 25)},
			[]string{"<b>30 tangki air sedang dicocokkan</b>", "30 tangki air dilaporkan 22 Mei, 25 tangki air diterima 22 Mei (dikonfirmasi lewat tautan dari kolaborator)", `<strong class="none">sedang dicocokkan`}, nil},
		{"none", []move{sign, deliver("a", 30), answer("a", aid.None, aid.ViaSteward)},
			[]string{"tidak ada yang diterima 22 Mei (dikonfirmasi penanggung jawab)"}, nil},
		{"settled and the rest released", []move{sign, deliver("a", 30), answer("a", aid.Fewer, aid.ViaSteward, 25), settle("a"),
			func(c aid.Commitment, now time.Time, cat *aid.Catalogue) (aid.Commitment, error) {
				return c.WithdrawnFor("cannot_deliver", aid.Collaborator, now, cat)
			}},
			[]string{"<b>25 dari 30 tangki air diterima</b>", "25 tangki air diterima (disepakati 22 Mei)", "sisanya dilepas 22 Mei"}, []string{`<b>30 tangki air`}},
		{"received before any report", []move{sign, answer("a", aid.Full, aid.ViaOfficer)},
			[]string{"30 tangki air diterima 22 Mei (dikonfirmasi petugas dari BAST)"}, []string{"30 tangki air dilaporkan"}},
		{"said to be silent", []move{silent}, []string{"menghubungi sebelum"}, []string{"tidak menjawab", "silent", "diam"}},
	} {
		w := tiny(t)
		page := w.told(t, w.promise(t, 1, 30, append([]move{verify}, c.moves...)...))
		for _, want := range c.want {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the page does not say %q", c.about, want)
			}
		}
		for _, never := range c.never {
			if strings.Contains(page, never) {
				t.Errorf("%s: the page says %q", c.about, never)
			}
		}
	}
}

func TestTheNumberOfTheBASTStandsBesideItsFiles(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	c := w.promise(t, 1, 30, verify, sign, deliver("a", 30))
	w.files = []aid.Evidence{
		{ID: "file-a", Commitment: c.ID, Kind: aid.EvidenceBAST, State: aid.EvidenceAccepted, SHA256: "3fa9c1d2" + strings.Repeat("0", 56)},
		{ID: "file-a", Commitment: "another", Kind: aid.EvidenceBAST, State: aid.EvidenceAccepted, SHA256: strings.Repeat("e", 64)},
	}
	page := w.told(t, c)
	for _, want := range []string{string(c.ID.BAST(1)), "sidik berkas 3fa9c1d2…"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(page, "eeeeeeee") {
		t.Error("the page tells the file of another commitment")
	}
}

func TestPromisesThatCameToNothingNameNobody(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	page := w.told(t, w.promise(t, 1, 31, verify, lapse), w.promise(t, 2, 32, verify, withdraw), w.promise(t, 3, 33))
	for _, want := range []string{w.promise(t, 1, 31, verify).ID.Number(), "lewat batas waktu 23 Mei 2026", "dibatalkan 22 Mei 2026"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, never := range []string{"Komunitas Contoh", "31 tangki", "32 tangki", w.promise(t, 3, 33).ID.Number()} {
		if strings.Contains(page, never) {
			t.Errorf("the page says %q", never)
		}
	}
}

func TestAPlanIsToldInWords(t *testing.T) {
	t.Parallel()
	for _, method := range aid.PlanMethods {
		w := tiny(t)
		w.places[0].Activity.Plan = aid.Plan{Method: method, On: "2026-05-21"}
		page := w.told(t)
		if words := w.pages.plan(method); words == string(method) || !strings.Contains(page, "Cukup untuk semua?") || !strings.Contains(page, words) || !strings.Contains(page, "21 Mei 2026") {
			t.Errorf("plan %q is told as %q", method, words)
		}
	}
	if w := tiny(t); strings.Contains(w.told(t), "Cukup untuk semua?") {
		t.Error("a place without a plan has one")
	}
}

// A place with fifty commitments, each with a part, a dispute and files, must
// still open quickly: 20 KB, measured with gzip, which is never smaller than the
// brotli that the edge sends.
func TestAPlaceWithFiftyCommitmentsIsSmall(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	var all []aid.Commitment
	for n := range 50 {
		// The ids, and with them every number, are as unlike each other as real ones.
		c := w.promise(t, n*12_345_678_901, 30, verify, speak, schedule("09:00", "11:00"), sign,
			deliver("a", 10), answer("a", aid.Full, aid.ViaBAST), deliver("b", 20), answer("b", aid.Fewer, aid.ViaSteward, int64(n%19)+1))
		for _, id := range []aid.EvidenceID{"file-a", "file-b"} {
			w.files = append(w.files, aid.Evidence{
				ID: id, Commitment: c.ID, Kind: aid.EvidenceBAST, State: aid.EvidenceAccepted, SHA256: fmt.Sprintf("%x", aid.Hash(fmt.Sprint(n, id))),
			})
		}
		all = append(all, c)
	}
	page := w.told(t, all...)
	if n := strings.Count(page, "sedang dicocokkan</b>"); n != 40 {
		t.Errorf("%d commitments are told, want the 40 newest", n)
	}
	if !strings.Contains(page, "dan 10 yang lebih lama") {
		t.Error("the page does not say that there are ten more")
	}
	var small bytes.Buffer
	z, _ := gzip.NewWriterLevel(&small, gzip.BestCompression)
	z.Write([]byte(page))
	z.Close()
	if small.Len() > 20_000 {
		t.Errorf("the page is %d bytes compressed (%d plain), want at most 20000", small.Len(), len(page))
	}
	t.Logf("%d bytes compressed, %d plain", small.Len(), len(page))
}
