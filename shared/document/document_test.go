package document

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ksbb/shared/aid"
)

var papers = flag.String("papers", "", "folder to write the samples to, to look at them")

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
		it := Item{Quantity: 100_000, Unit: words(aid.MaxUnit), Name: "Paket Makanan Siap Saji Pagi-Malam", Equivalent: words(aid.MaxDescription), Value: 100_000_000_000, Estimated: true}
		if i%2 == 1 {
			it.Name, it.Equivalent, it.Free = words(aid.MaxDescription), "", true
		}
		p.Items = append(p.Items, it)
	}
	return p
}

// samples are the papers that were looked at.
func samples(t testing.TB) map[string][]byte {
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

func TestSamplesCanBeLookedAt(t *testing.T) {
	if *papers == "" {
		t.Skip("no -papers folder")
	}
	for name, pdf := range samples(t) {
		if err := os.WriteFile(filepath.Join(*papers, name+".pdf"), pdf, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
