package report_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ksbb/shared/bahasa"
	"ksbb/shared/region"
	"ksbb/shared/report"
	"ksbb/shared/tally"
)

// march is a month in which everything happened that can be told.
func march() report.Report {
	count := func(n int64) *tally.Count { return &tally.Count{N: n} }
	pledged := func(key string, n int64) tally.Row {
		return tally.Row{Key: key, Commitments: tally.Number{Pledged: n}}
	}
	median := 12
	r := report.Report{
		Period: "2026-03", Kind: report.Monthly, From: "2026-03-01", To: "2026-03-31", Region: "31", Name: "DKI Jakarta",
		Happened: tally.Happened{Pledged: 112, PledgedValue: 1_640_000_000, Delivered: 105, DeliveredValue: 1_372_500_000, Received: 96, ReceivedValue: 1_225_100_000, Lapsed: 7, Withdrawn: 5},
		Before:   tally.Happened{Pledged: 100},
		Givers:   tally.Count{N: 73}, GiversBefore: tally.Count{N: 60},
		Change: report.Change{
			Whole:   tally.Row{Commitments: tally.Number{Pledged: 112, Disputes: 4, Disputed: 2}, Collaborators: count(3)},
			Areas:   []tally.Row{pledged("31.01", 2), pledged("31.71", 20), pledged("31.72", 27), pledged("31.73", 14), pledged("31.74", 30), pledged("31.75", 19)},
			Classes: []tally.Row{pledged("business", 50), pledged("community", 4), pledged("government", 3), pledged("individual", 4), pledged("social_organization", 51)},
			Packages: []tally.Row{
				{Key: "lebaran", Units: &tally.Stand{Received: 40}, Gift: tally.Stand{Received: 3_400_000}},
				{Key: "pinjaman-modal", Units: &tally.Stand{Received: 2}, Loan: tally.Stand{Received: 9_000_000}},
				{Key: "sembako", Units: &tally.Stand{Received: 5758}, Gift: tally.Stand{Received: 1_151_600_000}},
				{Key: "siap-saji", Units: &tally.Stand{Received: 1128}, Gift: tally.Stand{Received: 50_760_000}},
				{Key: "thr-orang", Units: &tally.Stand{Committed: 9}},
				{Key: "", Units: nil, Free: tally.Stand{Received: 250_000}},
			},
			Reached: 61, Unreached: -64,
		},
		Kelurahan: []report.KelurahanRow{{Area: "31.73.04.1001", Open: 900_000_000}, {Area: "31.73.04.1002", Open: 340_000_000}, {Area: "31.74.01.1001", Open: 1_000_000_000}},
		Gaps:      []report.Spot{{Name: "RW 008 Karet Tengsin", Area: "31.71.07.1003.008", Open: 154_200_000}},
		Forgotten: []report.Spot{
			{Name: "RW 007 Maphar", Area: "31.73.03.1001.007", Households: 1_200}, {Name: "Panti \"Kasih\"\r\nIbu 💐", Area: "31.74.01.1001", Households: 900},
			{Name: "RW 011", Area: "31.74.01.1001.011", Households: 850}, {Name: "RW 012", Area: "31.74.01.1001.012", Households: 800},
		},
		ForgottenTotal: 83,
		Slow:           []report.SlowRow{{Area: "31.74.01", MedianHours: 31, Contacted: 24}, {Area: "31.74.02", MedianHours: 30, Contacted: 24}},
		Corrections: []report.Correction{
			{Leaf: "31.74.01-umum", On: time.Date(2026, 3, 11, 17, 0, 0, 0, time.UTC), Reason: "RW 003 dihitung dua kali.\n=HYPERLINK()", By: "Dinas Sosial"},
			{Leaf: "31.74.02-umum", On: time.Date(2026, 3, 20, 1, 0, 0, 0, time.UTC), Reason: "salah ketik", By: "Kelurahan Tebet"},
		},
	}
	r.End = tally.Statistics{
		Whole: tally.Row{
			Commitments: tally.Number{Pledged: 700, Holding: 570, Disputed: 7}, Collaborators: count(120),
			Gift: tally.Stand{Needed: 90_000_000_000, Received: 7_220_000_000}, Loan: tally.Stand{Received: 23_000_000}, Free: tally.Stand{Received: 30_800_000},
		},
		Register: tally.Register{Recipients: 3025, Households: 1_000_000, Unreached: 83, Coverage: 689},
		Contact:  tally.Contact{MedianHours: &median, Contacted: 500},
		Reached:  407,
		Packages: []tally.Row{
			{Key: "laptop", Units: &tally.Stand{Needed: 900_000}},
			{Key: "sembako", Gift: tally.Stand{Needed: 90_000_000_000}, Units: &tally.Stand{Needed: 450_000, Committed: 10_000, Received: 28_000}},
		},
	}
	return r
}

func TestWordsSayWhatTheFiguresSay(t *testing.T) {
	t.Parallel()
	pack, err := region.Load("dki-jakarta")
	if err != nil {
		t.Fatal(err)
	}
	empty := report.Report{Period: "2026-03", Kind: report.Monthly, From: "2026-03-01", To: "2026-03-31", End: tally.Statistics{Register: tally.Register{Coverage: -1}}}
	for _, c := range []struct {
		name string
		make func() report.Report
		want []string
	}{
		{"a month in which everything happened", march, []string{
			"Selama Maret 2026, 73 kolaborator membuat 112 komitmen baru, naik 12% dari Februari, senilai Rp1,64 miliar. Dilaporkan 105 penyaluran senilai Rp1,37 miliar; dari penerima masuk 96 jawaban, dan yang dipastikan diterima bernilai Rp1,23 miliar.",
			"Menurut golongan kolaborator, komitmen baru datang dari lembaga sosial (51), badan usaha (50), komunitas (4), perorangan (4), dan instansi pemerintah (3). Sebanyak 3 kolaborator baru pertama kali memberi.",
			"Komitmen baru paling banyak untuk Jakarta Selatan (30), Jakarta Utara (27), dan Jakarta Pusat (20). Yang dipastikan diterima antara lain 5.758 paket sembako, 1.128 porsi makanan siap saji pagi-malam, dan 40 paket lebaran. Sebanyak 61 tempat menerima bantuan untuk pertama kali.",
			"Sebanyak 7 komitmen gugur karena tidak ada kontak dalam 2×24 jam dan 5 dibatalkan; yang dijanjikan terbuka kembali. Kedua pihak berbeda angka pada 4 komitmen; pada akhir periode 7 komitmen masih dipersengketakan, dan angka yang lebih rendah yang dihitung.",
			"Sampai akhir Maret 2026, 570 komitmen berlaku, yang masih berjalan maupun yang sudah dipenuhi. Sebanyak 407 dari 3.025 tempat sudah menerima bantuan. Nilai pemberian yang dipastikan diterima sejak awal Rp7,22 miliar. Dihitung terpisah: bantuan di luar daftar kebutuhan Rp30,8 juta dan pinjaman Rp23 juta. Kebutuhan pangan terpenuhi 7%.",
			"Kekurangan terbesar ada di Kecamatan Tambora, Jakarta Barat: kebutuhan senilai Rp1,24 miliar belum dijanjikan siapa pun. Menurut jenisnya, yang paling kurang adalah 412.000 paket sembako, dari 450.000 yang dibutuhkan. Tempat dengan kekurangan terbesar adalah RW 008 Karet Tengsin, senilai Rp154 juta.",
			"Sejak awal, separuh dari yang sudah berkontak berbicara dengan penanggung jawab dalam 12 jam. Paling lambat di Kecamatan Tebet, Jakarta Selatan: 31 jam, dari 24 kontak.",
			"Sebanyak 83 tempat belum menerima bantuan apa pun; yang terbesar RW 007 Maphar di Taman Sari (1.200 KK), Panti \"Kasih\" Ibu 💐 di Tebet Timur (900 KK), dan RW 011 di Tebet Timur (850 KK). Pada awal periode masih 147.",
			"Dicatat 2 koreksi data: pada 12 Maret 2026 oleh Dinas Sosial, dengan alasan “RW 003 dihitung dua kali. =HYPERLINK()”; pada 20 Maret 2026 oleh Kelurahan Tebet, dengan alasan “salah ketik”.",
		}},
		{"nothing was ever promised", func() report.Report { return empty }, []string{
			"Selama Maret 2026 tidak tercatat komitmen baru, penyaluran, maupun penerimaan bantuan. Sampai saat itu memang belum pernah ada komitmen yang tercatat.",
		}},
		{"a month without data after others", func() report.Report {
			r := empty
			r.Before = tally.Happened{Pledged: 3, Delivered: 1}
			r.End.Whole.Commitments = tally.Number{Pledged: 3, Holding: 2}
			r.End.Register = tally.Register{Recipients: 10, Coverage: 0, Unreached: 10}
			r.End.Whole.Gift.Needed, r.ForgottenTotal = 100, 10
			return r
		}, []string{
			"Selama Maret 2026 tidak tercatat komitmen baru, penyaluran, maupun penerimaan bantuan. Pada Februari tercatat 3 komitmen baru.",
			"Sampai akhir Maret 2026, 2 komitmen berlaku, yang masih berjalan maupun yang sudah dipenuhi. Dari kebutuhan pangan belum ada yang dipastikan diterima.",
			"Sebanyak 10 tempat belum menerima bantuan apa pun.",
		}},
		{"one promise on the first day of all", func() report.Report {
			r := empty
			r.Period, r.Kind, r.From, r.To = "2026-04-24", report.Daily, "2026-04-24", "2026-04-24"
			r.Happened = tally.Happened{Pledged: 1, PledgedValue: 950_000}
			r.Givers = tally.Count{N: 1}
			one := tally.Row{Commitments: tally.Number{Pledged: 1, Holding: 1}, Collaborators: &tally.Count{N: 1}}
			r.Change.Whole, r.End.Whole = one, one
			one.Key = "individual"
			r.Change.Classes = []tally.Row{one}
			one.Key = "31.01"
			r.Change.Areas = []tally.Row{one}
			r.End.Register = tally.Register{Recipients: 1, Unreached: 1, Coverage: -1}
			r.ForgottenTotal, r.Forgotten = 1, []report.Spot{{Name: "RW 001 Pulau Pari", Area: "31.01.02.1003.001"}}
			r.Change.Unreached = 1
			return r
		}, []string{
			"Pada 24 April 2026, 1 kolaborator membuat 1 komitmen baru senilai Rp950.000. Belum ada penyaluran yang dilaporkan atau dijawab.",
			"Komitmen itu datang dari perorangan.",
			"Komitmen baru itu untuk penerima di Kepulauan Seribu.",
			"Sampai 24 April 2026, 1 komitmen berlaku, yang masih berjalan maupun yang sudah dipenuhi.",
			"Satu tempat belum menerima bantuan apa pun: RW 001 Pulau Pari.",
		}},
		{"a week in which nothing new was promised and answers were corrected", func() report.Report {
			r := empty
			r.Period, r.Kind, r.From, r.To = "2026-W01", report.Weekly, "2025-12-29", "2026-01-04"
			r.Happened = tally.Happened{Received: 2, ReceivedValue: -1_200_000, Withdrawn: 1}
			r.Before = tally.Happened{Pledged: 1}
			r.Change.Whole.Commitments = tally.Number{Disputed: -1}
			r.End.Whole.Commitments = tally.Number{Pledged: 1, Withdrawn: 1}
			r.End.Register = tally.Register{Recipients: 2, Coverage: 10_000}
			hours := 0
			r.End.Contact.MedianHours = &hours
			r.End.Whole.Gift = tally.Stand{Needed: 200, Received: 200}
			r.End.Packages = []tally.Row{{Key: "sembako", Gift: tally.Stand{Needed: 200}, Units: &tally.Stand{Needed: 1, Received: 1}}}
			return r
		}, []string{
			"Dalam sepekan 29 Desember 2025 – 4 Januari 2026 tidak ada komitmen baru, sedangkan pada pekan sebelumnya ada 1. Tidak ada penyaluran baru yang dilaporkan; dari penerima masuk 2 jawaban, dan nilai yang diterima dikoreksi turun Rp1,2 juta.",
			"Satu komitmen dibatalkan; yang dijanjikan terbuka kembali. Semua sengketa yang masih terbuka pada awal periode sudah selesai.",
			"Sampai 4 Januari 2026 tidak ada komitmen yang berlaku.",
			"Semua kebutuhan yang tercatat sudah dijanjikan atau dipenuhi.",
			"Sejak awal, separuh dari yang sudah berkontak berbicara dengan penanggung jawab dalam kurang dari 1 jam.",
			"Tidak ada lagi tempat dengan kebutuhan yang belum dikirimi bantuan apa pun.",
		}},
		{"more givers than are counted one by one, and loans alone", func() report.Report {
			r := empty
			r.Happened = tally.Happened{Pledged: 30_000, Delivered: 4}
			r.Before = tally.Happened{Pledged: 9_000}
			r.Givers = tally.Count{N: 12_345, Estimated: true}
			r.Demo, r.End.Demo, r.End.Register.Recipients = true, 2, 5
			r.Change.Whole = tally.Row{Commitments: tally.Number{Pledged: 30_000, Disputes: 1}, Collaborators: &tally.Count{N: 10, Estimated: true}}
			r.Change.Classes = []tally.Row{{Key: "business", Commitments: tally.Number{Pledged: 30_000}}}
			for _, key := range []string{"31.71", "31.72", "31.73", "31.74"} {
				r.Change.Areas = append(r.Change.Areas, tally.Row{Key: key, Commitments: tally.Number{Pledged: 7_500}})
			}
			r.End.Whole = tally.Row{Commitments: tally.Number{Pledged: 39_000, Holding: 39_000}, Loan: tally.Stand{Needed: 5}}
			r.End.Packages = []tally.Row{{Key: "pinjaman-modal", Units: &tally.Stand{Needed: 9, Committed: 1}}, {Key: "hilang", Units: &tally.Stand{Needed: 4}}}
			return r
		}, []string{
			"Selama Maret 2026, sekitar 12.300 kolaborator membuat 30.000 komitmen baru, lebih dari 3 kali lipat Februari. Dilaporkan 4 penyaluran; belum ada yang dijawab penerima.",
			"Semua komitmen baru datang dari badan usaha.",
			"Komitmen baru tersebar di 4 wilayah.",
			"Kedua pihak berbeda angka pada 1 komitmen; pada akhir periode tidak ada lagi yang dipersengketakan.",
			"Sampai akhir Maret 2026, 39.000 komitmen berlaku, yang masih berjalan maupun yang sudah dipenuhi.",
			"Menurut jenisnya, yang paling kurang adalah 4 hilang.",
			"Tidak ada lagi tempat dengan kebutuhan yang belum dikirimi bantuan apa pun.",
			"Laporan ini memuat data contoh: 2 dari 5 penerima dikarang untuk peragaan.",
		}},
	} {
		if got := report.Words(c.make(), pack, bahasa.Indonesian); !slices.Equal(got, c.want) {
			t.Errorf("%s reads\n%s\n\nand should read\n%s", c.name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

func TestWordsAreSaidInEnglish(t *testing.T) {
	t.Parallel()
	pack, err := region.Load("dki-jakarta")
	if err != nil {
		t.Fatal(err)
	}
	english := strings.Join(report.Words(march(), pack.In(bahasa.English), bahasa.English), "\n")
	for _, want := range []string{
		"In March 2026, 73 collaborators made 112 new commitments, up 12% from February, worth Rp1.64 billion. 105 deliveries worth Rp1.37 billion were reported; recipients gave 96 answers, and what they confirmed as received is worth Rp1.23 billion.",
		"By class of collaborator, the new commitments are: social organisation (51), business (50), community (4), individual (4) and government body (3). 3 collaborators gave for the first time.",
		"7 commitments lapsed for want of contact within 2×24 hours and 5 were withdrawn; what was promised is open again.",
		"407 of 3,025 places have received aid.", "Slowest in Kecamatan Tebet, Jakarta Selatan: 31 hours, of 24 contacts.",
		"83 places have received nothing yet; the largest are RW 007 Maphar in Taman Sari (1,200 households),",
		"2 corrections of data were recorded: on 12 March 2026 by Dinas Sosial; on 20 March 2026 by Kelurahan Tebet.",
	} {
		if !strings.Contains(english, want) {
			t.Errorf("March is not told as %q:\n%s", want, english)
		}
	}
}
