package document

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ksbb/shared/aid"
	"ksbb/shared/document/papertest"
)

var papers = flag.String("papers", "", "folder to write the samples to, to look at them")

// margins are what no text may leave.
var margins = papertest.Rect{X: left, Y: top - 5, W: wide, H: pageHeight - 4 - (top - 5)}

var wib = time.FixedZone("WIB", 7*3600)

func paper() Paper {
	return Paper{
		Service: "KSBB Contoh", Operator: "Jejaring Kolaborasi Contoh, Pemerintah Provinsi Contoh",
		Zone: wib, At: time.Date(2026, 5, 22, 1, 0, 0, 0, time.UTC), Demo: true,
	}
}

func pledge() Pledge {
	return Pledge{
		Number: "K-7F3Q-21XA", Giver: "Paguyuban Dapur Kenanga", Class: "Komunitas",
		Recipient: "Pesantren Al-Contoh", Kind: "Pesantren", Address: "Jalan Contoh Raya No. 12, RT 004 RW 03",
		Area: "Kelurahan Contoh Timur, Kecamatan Contoh, Kota Contoh Barat", Steward: "Ibu Contoh Kenanga", Program: "KSBB Pangan",
		Items: []Item{
			{Quantity: 240, Unit: "paket", Name: "Paket Sembako", Value: 48_000_000,
				Contents: []string{"Beras 5 Kg", "Minyak Goreng 2L", "Tepung Terigu 1 Kg", "Gula Pasir 1 Kg", "Teh dan Kopi Instan"}},
			{Quantity: 1200, Unit: "porsi", Name: "Paket Makanan Siap Saji Pagi-Malam", Equivalent: "nasi kotak dari dapur umum, lauk ayam dan sayur", Value: 54_000_000},
			{Quantity: 30, Unit: "lembar", Name: "Selimut tebal untuk santri", Free: true, Value: 2_250_000, Estimated: true},
		},
		Period: aid.Period{From: "2026-05-23", To: "2026-05-30"}, Schedule: aid.Appointment{On: "2026-05-23", From: "09:00", To: "11:00"},
		Route: aid.Direct, Page: "https://ksbb.example/lokasi/31.74.01.1001-pesantren-2/",
	}
}

var rules = []string{
	"Bantuan pangan harus dalam kondisi baik, higienis, dan halal.",
	"Sembako diberikan dengan ketentuan masa kadaluarsa yang cukup.",
	"Bantuan harus terbebas dari politik, ras, dan informasi hoaks.",
}

func statement() Statement {
	return Statement{
		Title: "Surat Pernyataan Komitmen",
		Clauses: []string{
			"Saya akan menyalurkan bantuan yang tertulis dalam komitmen ini, dengan jenis dan jumlah yang disebutkan, kepada penerima yang disebutkan.",
			"Saya bertanggung jawab atas penyaluran bantuan sesuai ketentuan dan dalam tenggat waktu yang telah dijadwalkan.",
			"Saya akan menghubungi penanggung jawab lokasi dalam waktu kurang dari 2x24 jam setelah komitmen ini dikonfirmasi.",
			"Bantuan yang saya salurkan memenuhi ketentuan barang: layak, higienis, halal, belum mendekati kedaluwarsa, serta bebas dari politik, ras, dan informasi hoaks.",
			"Penyerahan bantuan dicatat dalam berita acara serah terima (BAST) yang ditandatangani kedua pihak, dan saya melaporkan penyalurannya di situs ini.",
			"Saya tidak memungut biaya apa pun dari penerima dan tidak meminta data pribadi warga.",
		},
		Consent:    "Saya setuju kontak saya (surel dan nomor WhatsApp) disimpan untuk komitmen ini dan diberikan hanya kepada penanggung jawab lokasi yang saya pilih. Kontak saya tidak ditampilkan secara umum dan dapat saya minta hapus kapan saja.",
		GoodsRules: rules, SignedBy: "Siti Contoh Rahmawati", SignedAt: time.Date(2026, 5, 22, 2, 4, 0, 0, time.UTC),
	}
}

func handover() Handover {
	return Handover{
		Number: "BAST-7F3Q-21XA-1", Code: "7H2QX9", GoodsRules: rules,
		URL: "https://ksbb.example/pj/#b.BAST-7F3Q-21XA-1.7H2QX9",
	}
}

func delivered() []Delivered {
	return []Delivered{
		{
			Number: "BAST-7F3Q-21XA-1", On: "2026-05-23", Reported: []int64{240, 600, 30}, Received: []int64{238, 600, 30},
			ReportedAt: time.Date(2026, 5, 23, 5, 0, 0, 0, time.UTC), Answer: "Diterima kurang", Via: "lewat kode di lembar BAST",
			AnsweredAt: time.Date(2026, 5, 23, 6, 30, 0, 0, time.UTC), Settled: true, Value: 76_850_000, HouseholdDays: 1816,
			Evidence: []string{Fingerprint([]byte("bast")), Fingerprint([]byte("foto"))},
		},
		{
			Number: "BAST-7F3Q-21XA-2", On: "2026-05-24", Reported: []int64{0, 600, 0}, Received: []int64{0, 600, 0},
			ReportedAt: time.Date(2026, 5, 24, 5, 0, 0, 0, time.UTC), Answer: "Diterima lengkap", Via: "lewat tautan penanggung jawab",
			AnsweredAt: time.Date(2026, 5, 24, 6, 0, 0, 0, time.UTC), Value: 27_000_000, HouseholdDays: 150,
		},
	}
}

// many returns a pledge of n lines.
func many(n int, name string) Pledge {
	p := pledge()
	p.Items = nil
	for range n {
		p.Items = append(p.Items, Item{Quantity: 100_000, Unit: "paket", Name: name, Value: 1_000_000})
	}
	return p
}

// longest returns a pledge of n lines in which every text is as long as the
// rules allow.
func longest(n int) Pledge {
	words := func(n int) string { return strings.TrimSpace(strings.Repeat("kerudung ", n/9+1)[:n]) }
	p := pledge()
	p.Giver, p.Recipient, p.Steward = words(aid.MaxName), words(aid.MaxName), words(aid.MaxName)
	p.Address, p.Aggregator, p.Route, p.Permit = words(160), words(aid.MaxName), aid.Aggregate, "123/HUK-PS/2026"
	p.Items = nil
	for i := range n {
		it := Item{Quantity: 100_000, Unit: words(aid.MaxUnit), Name: "Paket Makanan Siap Saji Pagi-Malam", Equivalent: words(aid.MaxDescription), Value: 5_000_000_000, Estimated: true}
		if i%2 == 1 {
			it.Name, it.Equivalent, it.Free = words(aid.MaxDescription), "", true
		}
		p.Items = append(p.Items, it)
	}
	return p
}

// samples are the papers that were looked at, written once.
var once struct {
	sync.Mutex
	papers map[string][]byte
}

func samples(t testing.TB) map[string][]byte {
	t.Helper()
	once.Lock()
	defer once.Unlock()
	if once.papers == nil {
		once.papers = written(t)
	}
	return once.papers
}

func written(t testing.TB) map[string][]byte {
	t.Helper()
	plain, unsigned, unscheduled, later := paper(), statement(), pledge(), handover()
	plain.Demo = false
	unsigned.SignedAt = time.Time{}
	unscheduled.Schedule = aid.Appointment{}
	later.Number = "BAST-7F3Q-21XA-2"
	signed := pledge()
	signed.Letter = Fingerprint([]byte("letter"))
	all := map[string][]byte{}
	keep := func(name string) func(pdf []byte, err error) {
		return func(pdf []byte, err error) {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			all[name] = pdf
		}
	}
	keep("letter")(Letter(plain, pledge(), statement()))
	keep("letter-draft")(Letter(paper(), unscheduled, unsigned))
	keep("letter-longest")(Letter(paper(), longest(20), statement()))
	keep("bast")(BAST(plain, signed, handover()))
	keep("bast-unscheduled")(BAST(paper(), unscheduled, handover()))
	keep("bast-12")(BAST(paper(), many(12, "Paket Sembako"), handover()))
	keep("bast-12-longest")(BAST(paper(), longest(12), handover()))
	crowded := longest(12)
	crowded.Schedule = aid.Appointment{}
	keep("bast-12-unscheduled")(BAST(paper(), crowded, handover()))
	keep("bast-20")(BAST(paper(), many(20, "Paket Sembako"), later))
	keep("bast-20-longest")(BAST(paper(), longest(20), later))
	keep("receipt")(Receipt(plain, signed, delivered()))
	keep("receipt-longest")(Receipt(paper(), longest(20), func() []Delivered {
		var all []Delivered
		for n := range aid.MaxDeliveries {
			d := delivered()[n%2]
			d.Reported, d.Received = make([]int64, 20), make([]int64, 20)
			for i := range 20 {
				d.Reported[i], d.Received[i] = 5_000, int64(4_990+n)
			}
			all = append(all, d)
		}
		all[19].Answer, all[19].Received = "", nil
		return all
	}()))
	return all
}

// TestPapersAreTidy reads every sample as a viewer does. With -papers it also
// leaves them in a folder for the eye.
func TestPapersAreTidy(t *testing.T) {
	for name, pdf := range samples(t) {
		if *papers != "" {
			if err := os.WriteFile(filepath.Join(*papers, name+".pdf"), pdf, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		pages := papertest.Read(t, pdf)
		for _, wrong := range papertest.Untidy(pages, margins) {
			t.Errorf("%s: %s", name, wrong)
		}
		if err := papertest.Offsets(pdf); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for n, p := range pages {
			if want := fmt.Sprintf("Halaman %d dari %d", n+1, len(pages)); !strings.Contains(p.String(), want) {
				t.Errorf("%s: page %d does not say %q", name, n+1, want)
			}
		}
		if kb := len(pdf) >> 10; kb > 60 && len(pages) < 5 {
			t.Errorf("%s: %d KB on %d pages; want at most 60", name, kb, len(pages))
		}
	}
}

func TestSameFactsMakeSameBytes(t *testing.T) {
	t.Parallel()
	want := samples(t)
	var wait sync.WaitGroup
	for range 2 {
		wait.Go(func() {
			for name, pdf := range written(t) {
				if !bytes.Equal(pdf, want[name]) {
					t.Errorf("%s differs when it is written again", name)
				}
			}
		})
	}
	wait.Wait()
}

func TestAPaperHoldsWhatItIsAbout(t *testing.T) {
	t.Parallel()
	all := samples(t)
	parties := []string{"KSBB Contoh", "Paguyuban Dapur Kenanga", "Komunitas", "Pesantren Al-Contoh", "Ibu Contoh Kenanga", "K-7F3Q-21XA",
		"Jalan Contoh Raya No. 12", "Kecamatan Contoh", "Paket Sembako", "Selimut tebal untuk santri (di luar daftar kebutuhan)",
		"setara: nasi kotak dari dapur umum, lauk ayam dan sayur", "240 paket", "1.200 porsi", "Jumat, 22 Mei 2026 pukul 08.00 WIB"}
	for name, words := range map[string][]string{
		"letter": append(slices.Concat(statement().Clauses, rules), statement().Consent, "SURAT PERNYATAAN KOMITMEN", "Siti Contoh Rahmawati", "Ditandatangani secara elektronik",
			"Jumat, 22 Mei 2026 pukul 09.04 WIB", "Sabtu, 23 Mei 2026 sampai Sabtu, 30 Mei 2026", "pukul 09.00–11.00 WIB", "Diantar langsung oleh kolaborator",
			"Rp48.000.000", "Rp2.250.000 *", "Rp104.250.000", "Isi: Beras 5 Kg, Minyak Goreng 2L", "KSBB Pangan"),
		"letter-draft": {"BELUM DITANDATANGANI", "tanda tangan dan nama jelas", "Paraf yang menyatakan"},
		"bast": append(slices.Clone(rules), "BERITA ACARA SERAH TERIMA", "BAST-7F3Q-21XA-1", "7H2QX9", "ksbb.example/pj/", "Sabtu, 23 Mei 2026, pukul 09.00–11.00 WIB",
			"Yang menyerahkan", "Yang menerima", "Saksi 1", "Saksi 2", "Diterima", Fingerprint([]byte("letter"))),
		"bast-unscheduled": {"Hari, tanggal", "Tempat"},
		"bast-20":          {"sisa setelah penyerahan sebelumnya", "Paraf yang menyerahkan", "Paraf yang menerima"},
		"receipt": {"TANDA TERIMA BANTUAN", "≈ 1.966 hari-keluarga", "Rp103.850.000", "BAST-7F3Q-21XA-1", "BAST-7F3Q-21XA-2", "238 paket", "Diterima kurang",
			"lewat kode di lembar BAST", "Selisih sudah diselesaikan", "Sabtu, 23 Mei 2026 pukul 13.30 WIB", pledge().Page, Fingerprint([]byte("foto")), Fingerprint([]byte("letter"))},
		// What nobody confirmed is worth nothing yet.
		"receipt-longest": {"Menunggu konfirmasi penerima", "Rp1.011.500.000", "≈ 19.510 hari-keluarga"},
	} {
		if name == "letter" || name == "bast" || name == "receipt" {
			words = append(words, parties...)
		}
		pages := papertest.Read(t, all[name])
		for _, w := range words {
			if !papertest.Says(pages, w) {
				t.Errorf("%s does not say %q; it says\n%v", name, w, pages)
			}
		}
	}
	if papertest.Says(papertest.Read(t, all["letter"]), "BELUM DITANDATANGANI") {
		t.Error("a signed statement says that it is not signed")
	}
	if papertest.Says(papertest.Read(t, all["bast-unscheduled"]), "2026, pukul") {
		t.Error("a BAST without an appointment names a day")
	}
}

func TestEveryPageOfADemonstrationSaysSo(t *testing.T) {
	t.Parallel()
	for name, pdf := range samples(t) {
		demo := !slices.Contains([]string{"letter", "bast", "receipt"}, name)
		for n, page := range papertest.Read(t, pdf) {
			if got := strings.Contains(page.String(), "DATA CONTOH"); got != demo {
				t.Errorf("%s: page %d says that the facts are invented: %v, want %v", name, n+1, got, demo)
			}
		}
	}
}

// The steward gets one sheet in the hand. Whatever people write in up to twelve
// lines, it stays one.
func TestBASTUpToTwelveLinesIsOnePage(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 12; n++ {
		unscheduled := longest(n)
		unscheduled.Schedule = aid.Appointment{}
		for name, p := range map[string]Pledge{"plain": many(n, "Paket Makanan Siap Saji Pagi-Malam"), "longest": longest(n), "unscheduled": unscheduled} {
			pdf, err := BAST(paper(), p, handover())
			if err != nil {
				t.Fatal(err)
			}
			pages := papertest.Read(t, pdf)
			if len(pages) != 1 {
				t.Errorf("%s, %d lines: %d pages", name, n, len(pages))
			}
			for _, wrong := range papertest.Untidy(pages, margins) {
				t.Errorf("%s, %d lines: %s", name, n, wrong)
			}
		}
	}
}

func TestBASTOfTwentyLinesTakesTwoPages(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"bast-20", "bast-20-longest"} {
		pages := papertest.Read(t, samples(t)[name])
		if len(pages) != 2 {
			t.Fatalf("%s: %d pages", name, len(pages))
		}
		for _, w := range []string{"Berita Acara Serah Terima (lanjutan)", "BAST-7F3Q-21XA-2", "Barang / bantuan", "Dijanjikan", "Diterima", "7H2QX9", "Yang menerima,"} {
			if !papertest.Says(pages[1:], w) {
				t.Errorf("%s: the second page does not say %q", name, w)
			}
		}
		for row := 1; row <= 20; row++ {
			if !papertest.Says(pages, fmt.Sprintf(" %d ", row)) {
				t.Errorf("%s: row %d is missing", name, row)
			}
		}
	}
}

func TestBASTSaysWhereTheWholeTextIs(t *testing.T) {
	t.Parallel()
	const where = "Uraian lengkap ada di surat pernyataan komitmen K-7F3Q-21XA."
	all := samples(t)
	if pages := papertest.Read(t, all["bast-12-longest"]); !papertest.Says(pages, where) || !papertest.Says(pages, "…") {
		t.Errorf("a BAST with texts cut short does not say where they are whole:\n%v", pages)
	}
	if pages := papertest.Read(t, all["bast"]); papertest.Says(pages, where) || papertest.Says(pages, "…") {
		t.Errorf("a BAST with room enough cuts a text:\n%v", pages)
	}
}

func TestBASTIsReadWithoutGlasses(t *testing.T) {
	t.Parallel()
	for name, pdf := range samples(t) {
		if !strings.HasPrefix(name, "bast") {
			continue
		}
		code := 0.0
		for _, page := range papertest.Read(t, pdf) {
			for _, line := range page.Texts {
				if line.Words == "7H2QX9" {
					code = line.Size
				}
				if line.Size < 11 && slices.ContainsFunc([]string{"Paket", "Bantuan", "Sabtu", "Penanggung", "paket", "Paguyuban", "Yang", "kode"}, func(w string) bool {
					return strings.HasPrefix(line.Words, w)
				}) {
					t.Errorf("%s: %q is set in %v points", name, line.Words, line.Size)
				}
			}
		}
		if code < 24 {
			t.Errorf("%s: the code is set in %v points", name, code)
		}
	}
}

func TestQRCodeIsTheAddress(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]string{"bast": handover().URL, "letter": pledge().Page, "receipt": pledge().Page} {
		pages := papertest.Read(t, samples(t)[name])
		if err := papertest.Opens(pages[len(pages)-1].Code, address, 30); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A viewer names a paper by its properties, and a program reads its language
// aloud.
func TestPropertiesSayWhatItIs(t *testing.T) {
	t.Parallel()
	utf16 := func(s string) string {
		b := []byte{0xfe, 0xff}
		for _, r := range s {
			b = append(b, byte(r>>8), byte(r))
		}
		return string(b)
	}
	pdf := string(samples(t)["bast"])
	for _, want := range []string{
		"/Title (" + utf16("Berita Acara Serah Terima BAST-7F3Q-21XA-1") + ")",
		"/Author (" + utf16("Jejaring Kolaborasi Contoh, Pemerintah Provinsi Contoh") + ")",
		"/Subject (" + utf16("BAST-7F3Q-21XA-1") + ")",
		"/Creator (" + utf16("KSBB Contoh") + ")",
		"/Lang (id-ID)", "/CreationDate (D:20260522080000)", "/ModDate (D:20260522080000)", "/MediaBox [0 0 595.28 841.89]", "/ToUnicode",
	} {
		if !strings.Contains(pdf, want) {
			t.Errorf("the paper has no %q", want)
		}
	}
}

func TestPapersHoldNothingThatActs(t *testing.T) {
	t.Parallel()
	for name, pdf := range samples(t) {
		for _, act := range []string{"/EmbeddedFile", "/JavaScript", "/JS", "/OpenAction", "/AA", "/URI", "/Launch", "/Annots", "/AcroForm", "/Names"} {
			if bytes.Contains(pdf, []byte(act+" ")) || bytes.Contains(pdf, []byte(act+"\n")) || bytes.Contains(pdf, []byte(act+"s ")) {
				t.Errorf("%s holds %s", name, act)
			}
		}
	}
}

func TestPapersAboutNothingAreRefused(t *testing.T) {
	t.Parallel()
	nothing, timeless, codeless, torn := pledge(), paper(), handover(), delivered()
	nothing.Items = nil
	timeless.Zone = nil
	codeless.Code = ""
	torn[0].Received = []int64{1}
	for name, try := range map[string]func() ([]byte, error){
		"statement K-7F3Q-21XA: it lists":          func() ([]byte, error) { return Letter(paper(), nothing, statement()) },
		"BAST BAST-7F3Q-21XA-1: it lists":          func() ([]byte, error) { return BAST(paper(), nothing, handover()) },
		"BAST BAST-7F3Q-21XA-1: code":              func() ([]byte, error) { return BAST(paper(), pledge(), codeless) },
		"BAST BAST-7F3Q-21XA-1: time zone":         func() ([]byte, error) { return BAST(timeless, pledge(), handover()) },
		"receipt K-7F3Q-21XA: it lists":            func() ([]byte, error) { return Receipt(paper(), pledge(), nil) },
		"receipt K-7F3Q-21XA: want a quantity for": func() ([]byte, error) { return Receipt(paper(), pledge(), torn) },
	} {
		if pdf, err := try(); err == nil || !strings.HasPrefix(err.Error(), "write "+name) || pdf != nil {
			t.Errorf("%s: %d bytes, %v", name, len(pdf), err)
		}
	}
	if _, err := Letter(paper(), nothing, statement()); !errors.Is(err, errEmpty) {
		t.Errorf("%v does not wrap errEmpty", err)
	}
}

func TestFingerprintIsThatOfTheBytes(t *testing.T) {
	t.Parallel()
	// The SHA-256 of nothing, as every other tool computes it.
	if got, want := Fingerprint(nil), "sha256-e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"; got != want {
		t.Errorf("Fingerprint(nil) = %s, want %s", got, want)
	}
	a, b := samples(t)["bast"], samples(t)["bast-unscheduled"]
	if Fingerprint(a) == Fingerprint(b) {
		t.Error("two papers have one fingerprint")
	}
}

// A signature on a page of its own could be put under anything.
func TestConsentAndSignatureShareAPage(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 20; n++ {
		pdf, err := Letter(paper(), many(n, "Paket Sembako"), statement())
		if err != nil {
			t.Fatal(err)
		}
		pages := papertest.Read(t, pdf)
		last := pages[len(pages)-1:]
		for _, w := range []string{"Persetujuan", statement().Consent, "Komitmen K-7F3Q-21XA untuk Pesantren Al-Contoh", "Siti Contoh Rahmawati"} {
			if !papertest.Says(last, w) {
				t.Errorf("%d lines: the page with the signature does not say %q", n, w)
			}
		}
	}
}

func TestATextLongerThanAPageGoesOn(t *testing.T) {
	t.Parallel()
	st := statement()
	st.Consent = strings.Repeat("Saya setuju. ", 700)
	pdf, err := Letter(paper(), pledge(), st)
	if err != nil {
		t.Fatal(err)
	}
	pages := papertest.Read(t, pdf)
	for _, wrong := range papertest.Untidy(pages, margins) {
		t.Error(wrong)
	}
	if len(pages) != 3 || !papertest.Says(pages[2:], "Siti Contoh Rahmawati") {
		t.Errorf("%d pages, want 3 with the signature on the last", len(pages))
	}
}

func TestTheOfficeIsNamedInWhatCanBeDrawn(t *testing.T) {
	t.Parallel()
	office := paper()
	office.Service, office.Operator = "KSBB\n🍚 Co\u202entoh", strings.Repeat("Dinas ễ ", 40)
	pdf, err := BAST(office, pledge(), handover())
	if err != nil {
		t.Fatal(err)
	}
	pages := papertest.Read(t, pdf)
	for _, wrong := range papertest.Untidy(pages, margins) {
		t.Error(wrong)
	}
	if !strings.Contains(pages[0].String(), "KSBB Contoh\n") || !papertest.Says(pages, "Dinas e Dinas e") {
		t.Errorf("the office is not named:\n%v", pages)
	}
}

// typed writes every paper with what somebody typed wherever a person may type,
// and reads it back.
func typed(t papertest.Test, name, what, unit string) {
	p, st, d := pledge(), statement(), delivered()
	p.Giver, p.Recipient, p.Steward, p.Address, p.Aggregator, p.Route, p.Area = name, name, name, name, name, aid.Aggregate, what
	p.Items[0].Equivalent, p.Items[0].Unit = what, unit
	p.Items[2].Name, p.Items[2].Unit = what, unit
	st.SignedBy, d[0].Answer, d[0].Via = name, name, what
	for kind, write := range map[string]func() ([]byte, error){
		"letter":  func() ([]byte, error) { return Letter(paper(), p, st) },
		"BAST":    func() ([]byte, error) { return BAST(paper(), p, handover()) },
		"receipt": func() ([]byte, error) { return Receipt(paper(), p, d) },
	} {
		pdf, err := write()
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		pages := papertest.Read(t, pdf)
		for _, wrong := range papertest.Untidy(pages, margins) {
			t.Errorf("%s: %s", kind, wrong)
		}
		if kind == "BAST" && len(pages) != 1 {
			t.Errorf("BAST takes %d pages", len(pages))
		}
		for _, page := range pages {
			for _, line := range page.Texts {
				if line.Words != Printable(line.Words) {
					t.Errorf("%s: %q cannot be drawn", kind, line.Words)
				}
			}
		}
		if seen := Printable(name); seen != "" && !papertest.Says(pages, string([]rune(seen)[:1])) {
			t.Errorf("%s does not name %q", kind, seen)
		}
	}
}

func TestWhateverIsTypedStaysTidy(t *testing.T) {
	t.Parallel()
	word := rapid.OneOf(rapid.StringN(0, 30, -1), rapid.SampledFrom([]string{"Siti", "W", "\\", "(", ")", "\n", "🍚", "يوسف", "\u202e", "ễ", "…", "\xff", "Iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii"}))
	sentence := func(most int) *rapid.Generator[string] {
		return rapid.Map(rapid.SliceOfN(word, 0, most), func(all []string) string { return strings.Join(all, " ") })
	}
	rapid.Check(t, func(t *rapid.T) {
		typed(t, sentence(20).Draw(t, "name"), sentence(40).Draw(t, "what"), sentence(8).Draw(t, "unit"))
	})
}

// FuzzPapers does the same from bytes. A paper never takes the same path through
// the library twice, so give it -fuzzminimizetime 5x.
func FuzzPapers(f *testing.F) {
	f.Add("Siti Aminah", "Nasi kotak", "porsi")
	f.Add("O'Brien \\ (\"Bu\") <b>", "a\\", ")(")
	f.Add("Dapur ❤️ Ibu 🍚👨‍👩‍👧", "😀😀😀", "")
	f.Add("يوسف \u202eabc", "שלום", "李明")
	f.Add(strings.Repeat("W", 300), strings.Repeat("i ", 300), strings.Repeat("m", 60))
	f.Add("baris\nbaris\r\n\tbaris", "\x00\x1b[31m", "\xff\xfe")
	f.Fuzz(func(t *testing.T, name, what, unit string) {
		if len(name)+len(what)+len(unit) <= 2000 {
			typed(t, name, what, unit)
		}
	})
}

func benchmark(b *testing.B, write func() ([]byte, error)) {
	b.ReportAllocs()
	size := 0
	for b.Loop() {
		pdf, err := write()
		if err != nil {
			b.Fatal(err)
		}
		size = len(pdf)
	}
	b.ReportMetric(float64(size), "bytes/paper")
}

func BenchmarkLetter(b *testing.B) {
	benchmark(b, func() ([]byte, error) { return Letter(paper(), pledge(), statement()) })
}

func BenchmarkBAST(b *testing.B) {
	benchmark(b, func() ([]byte, error) { return BAST(paper(), pledge(), handover()) })
}

func BenchmarkBASTOfTwentyLongLines(b *testing.B) {
	p := longest(20)
	benchmark(b, func() ([]byte, error) { return BAST(paper(), p, handover()) })
}

func BenchmarkReceipt(b *testing.B) {
	benchmark(b, func() ([]byte, error) { return Receipt(paper(), pledge(), delivered()) })
}
