package page

import (
	"strings"
	"testing"

	"ksbb/shared/aid"
)

// scans gives the first delivery of the world files of every kind.
func (w *world) scans() (aid.Commitment, aid.Delivery) {
	first := w.places[0].Recipient.ID
	c := &w.story[first][0]
	c.Letter = "sha256-" + strings.Repeat("aa", 32)
	c.Deliveries[0].Evidence = []aid.EvidenceID{"rahasia-1", "rahasia-2"}
	file := func(id aid.EvidenceID, kind aid.EvidenceKind, digit string) aid.Evidence {
		return aid.Evidence{ID: id, Commitment: c.ID, Recipient: first, Kind: kind, SHA256: strings.Repeat(digit, 64), State: aid.EvidenceAccepted}
	}
	other := file("rahasia-5", aid.EvidenceBAST, "5")
	other.Commitment = w.story[first][2].ID
	w.files = []aid.Evidence{
		file("rahasia-1", aid.EvidenceBAST, "1"), file("rahasia-2", aid.EvidencePhoto, "2"), file("rahasia-3", aid.EvidencePhoto, "3"), file("rahasia-4", aid.EvidenceStatement, "4"), other,
	}
	return *c, c.Deliveries[0]
}

func TestARecordNamesTheFilesThatShowItAndNoOthers(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	_, d := w.scans()
	page := w.tree(t)[bastPath(d.Number)]
	for digit, want := range map[string]bool{"1": true, "2": true, "3": false, "4": true, "5": false} {
		if got := strings.Contains(page, `data-sidik="`+strings.Repeat(digit, 64)+`"`); got != want {
			t.Errorf("the file of %ss is named: %v, want %v", digit, got, want)
		}
	}
	if !strings.Contains(page, `data-sidik="`+strings.Repeat("a", 64)+`"`) {
		t.Error("the signed letter is not named")
	}
}

// Whoever is on a photo that nobody approved is seen by nobody; a scan, which
// carries signatures, never is.
func TestARecordShowsThePhotosThatWereApproved(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	c, d := w.scans()
	for i := range w.files {
		w.files[i].Type = "image/jpeg"
		if w.files[i].ID == "rahasia-1" || w.files[i].ID == "rahasia-3" {
			w.files[i].Review = aid.Approved // a scan; and a photo that no report names
		}
	}
	pages := []string{bastPath(d.Number), placePath(c.Recipient)}
	for _, path := range pages {
		if page := w.tree(t)[path]; page == "" || strings.Contains(page, "/foto/") {
			t.Errorf("%s shows a photo that nobody approved", path)
		}
	}
	w.files[1].Review = aid.Approved
	for _, path := range pages {
		if page := w.tree(t)[path]; strings.Count(page, `href="/foto/rahasia-2.jpg"`) != 1 || strings.Contains(page, "rahasia-1") || strings.Contains(page, "rahasia-3") {
			t.Errorf("%s shows other photos than the one that was approved", path)
		}
	}
	w.files[1].Review = aid.Rejected
	if page := w.tree(t)[pages[0]]; strings.Contains(page, "/foto/") {
		t.Error("a photo is shown that was rejected since")
	}
}

func TestARecordSaysHowFarBothSidesAgree(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	tree := w.tree(t)
	story := w.story[w.places[0].Recipient.ID]
	for _, c := range []struct {
		in    aid.Commitment
		words []string
	}{
		{story[0], []string{"<b>Cocok.</b>", "120 tangki air", "Komunitas Contoh Anggrek", "/lokasi/34.71.01.1001.001/"}},
		{story[2], []string{"<b>Menunggu konfirmasi.</b>", "30 tangki air", "belum dijawab"}},
	} {
		page := tree[bastPath(c.in.Deliveries[0].Number)]
		for _, said := range c.words {
			if !strings.Contains(page, said) {
				t.Errorf("%s does not say %q", c.in.Deliveries[0].Number, said)
			}
		}
	}
	c, d := story[0], story[0].Deliveries[0]
	d.Answer, d.Received = aid.Fewer, []int64{100}
	body, err := w.pages.BAST(w.places[0], c, d, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(body), "<b>Sedang dicocokkan.</b>") || !strings.Contains(string(body), "100 tangki air") {
		t.Errorf("two figures are not told apart:\n%s", body)
	}
	d.Answer, d.Received = aid.None, []int64{0}
	if body, err = w.pages.BAST(w.places[0], c, d, nil); err != nil || !strings.Contains(string(body), "<dd>tidak ada<br>") {
		t.Errorf("nothing received is not told: %v\n%s", err, body)
	}
}

// What is public of a hand-over is its record; who answered, and with what, is
// not.
func TestARecordTellsNothingPrivate(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	c, d := w.scans()
	c.Name, c.Collaborator, c.Salt = "", "rahasia-kolaborator", "rahasia-garam"
	body, err := w.pages.BAST(w.places[0], c, d, w.files)
	if err != nil {
		t.Fatal(err)
	}
	page := string(body)
	for _, never := range []string{string(c.ID), "rahasia", "Komunitas Contoh Anggrek", "tel:", "wa.me", "@"} {
		if strings.Contains(page, never) {
			t.Errorf("the record tells %q", never)
		}
	}
	for _, want := range []string{aid.HambaAllah, `content="noindex"`, "Data contoh"} {
		if !strings.Contains(page, want) {
			t.Errorf("the record lacks %q", want)
		}
	}
}
