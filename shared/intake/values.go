package intake

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"ksbb/shared/aid"
)

// wrong is what is wrong with a value, in words for who typed it.
type wrong struct{ problem, remedy string }

var (
	grouped = regexp.MustCompile(`^\d{1,3}([., ]\d{3})+$`)
	tail    = regexp.MustCompile(`[.,]0+$`)
	digits  = regexp.MustCompile(`^\d+$`)
)

// whole reads a number of people or things: "1250", "1.250", "1,250", "1 250",
// "3,0".
func whole(s string, most int64) (int64, *wrong) {
	s = strings.ReplaceAll(strings.TrimSpace(s), "\u00a0", " ")
	bare := strings.TrimLeft(s, "-−")
	switch {
	case bare != s && strings.Trim(bare, "0123456789., ") == "" && strings.ContainsAny(bare, "123456789"):
		return 0, &wrong{"jumlahnya negatif", "tulis nol atau lebih"}
	case grouped.MatchString(bare):
		bare = strings.NewReplacer(".", "", ",", "", " ", "").Replace(bare)
	case !digits.MatchString(bare):
		bare = tail.ReplaceAllString(bare, "")
	}
	if !digits.MatchString(bare) {
		if _, err := strconv.ParseFloat(strings.Replace(bare, ",", ".", 1), 64); err == nil && bare != "" {
			return 0, &wrong{"bukan bilangan bulat", "tulis tanpa pecahan"}
		}
		return 0, &wrong{"bukan angka", "tulis angkanya saja, tanpa satuan"}
	}
	n, err := strconv.ParseInt(bare, 10, 64)
	if err != nil || n > most {
		return 0, &wrong{"terlalu besar", "tidak boleh lebih dari " + strconv.FormatInt(most, 10)}
	}
	return n, nil
}

// degrees reads a coordinate, with a decimal point or comma.
func degrees(s string) (float64, *wrong) {
	s = strings.NewReplacer("−", "-", "\u00a0", "", " ", "", "°", "").Replace(strings.TrimSpace(s))
	if strings.Count(s, ",") == 1 && !strings.Contains(s, ".") {
		s = strings.Replace(s, ",", ".", 1)
	}
	if strings.Count(s, ".")+strings.Count(s, ",") > 1 {
		return 0, &wrong{"koordinat dengan lebih dari satu tanda desimal", "tulis seperti -6,2088; jangan pakai pemisah ribuan"}
	}
	if strings.ContainsAny(s, "'\"′″NSEWLBUTnsewlbut") {
		return 0, &wrong{"koordinat bukan derajat desimal", "tulis seperti -6,2088, bukan derajat-menit-detik"}
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, &wrong{"bukan koordinat", "tulis derajat desimal seperti -6,2088"}
	}
	if math.Abs(f) > 180 {
		return 0, &wrong{"koordinat di luar bumi", "mungkin tanda desimalnya hilang: tulis seperti 106,8456"}
	}
	return f, nil
}

// months as people write them.
var months = map[string]time.Month{
	"januari": 1, "jan": 1, "february": 2, "februari": 2, "feb": 2, "pebruari": 2, "january": 1, "maret": 3, "mar": 3, "march": 3, "april": 4, "apr": 4,
	"mei": 5, "may": 5, "juni": 6, "jun": 6, "june": 6, "juli": 7, "jul": 7, "july": 7, "agustus": 8, "agu": 8, "agt": 8, "ags": 8, "aug": 8, "august": 8,
	"september": 9, "sep": 9, "sept": 9, "oktober": 10, "okt": 10, "october": 10, "oct": 10, "november": 11, "nov": 11, "nopember": 11, "desember": 12, "des": 12, "dec": 12, "december": 12,
}

var (
	isoDay  = regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ][\d:.+Z]*)?$`)
	ownDay  = regexp.MustCompile(`^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})(?: [\d:.]*)?$`)
	wordDay = regexp.MustCompile(`^(\d{1,2})[-/. ]+([A-Za-z]+)\.?[-/. ]+(\d{4})$`)
	twoYear = regexp.MustCompile(`^\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2}$`)
	serial  = regexp.MustCompile(`^[34]\d{4}$`)
)

// day reads a day: "2026-03-02", "02/03/2026", "2 Maret 2026". The day stands
// before the month, as in Indonesia.
func day(s string, today aid.Day) (aid.Day, *wrong) {
	s = strings.TrimSpace(s)
	var y, m, d int
	number := func(s string) int { n, _ := strconv.Atoi(s); return n } // digits, as matched
	if p := isoDay.FindStringSubmatch(s); p != nil {
		y, m, d = number(p[1]), number(p[2]), number(p[3])
	} else if p := ownDay.FindStringSubmatch(s); p != nil {
		y, m, d = number(p[3]), number(p[2]), number(p[1])
		if m > 12 && d <= 12 {
			return "", &wrong{"bulan ke-" + p[2] + " tidak ada", "tulis tanggal dulu, lalu bulan: " + p[2] + "/" + p[1] + "/" + p[3]}
		}
	} else if p := wordDay.FindStringSubmatch(s); p != nil {
		y, m, d = number(p[3]), int(months[strings.ToLower(p[2])]), number(p[1])
	} else if twoYear.MatchString(s) {
		return "", &wrong{"tahun hanya dua angka", "tulis tahun lengkap: 02/03/2026"}
	} else if serial.MatchString(s) {
		return "", &wrong{"tanggal tersimpan sebagai angka", "ubah format sel menjadi tanggal, lalu simpan lagi"}
	} else {
		return "", &wrong{"bukan tanggal", "tulis seperti 02/03/2026 atau 2026-03-02"}
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if t.Day() != d || int(t.Month()) != m || y < 1990 {
		return "", &wrong{"tanggal itu tidak ada", "tulis seperti 02/03/2026 atau 2026-03-02"}
	}
	if on := aid.Day(t.Format(time.DateOnly)); on <= today {
		return on, nil
	}
	return "", &wrong{"tanggalnya belum tiba", "tulis hari ini atau sebelumnya"}
}

// yes reads a yes or no; nothing is no.
func yes(s string) (bool, *wrong) {
	switch folded(s) {
	case "ya", "y", "yes", "true", "1", "benar", "v", "x", "√":
		return true, nil
	case "", "tidak", "t", "no", "n", "false", "0", "tdk", "bukan":
		return false, nil
	}
	return false, &wrong{"bukan ya atau tidak", "tulis ya atau tidak"}
}

// line reads a text of one line.
func line(s string, most int) (string, *wrong) {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' || r == '\t' }), " ")
	clean, err := aid.CleanText(s, most)
	if refused, ok := err.(*aid.TextError); ok {
		if refused.Code == "too_long" {
			return "", &wrong{"terlalu panjang", "paling banyak " + strconv.Itoa(most) + " huruf"}
		}
		return "", &wrong{"ada huruf yang tidak bisa dibaca", "ketik ulang; simpan berkas sebagai CSV UTF-8"}
	}
	return clean, nil
}
