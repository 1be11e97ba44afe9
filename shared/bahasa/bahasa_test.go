package bahasa

import (
	"testing"
	"time"

	"ksbb/shared/aid"
)

func TestFiguresAndDaysAreWrittenAsPeopleReadThem(t *testing.T) {
	t.Parallel()
	wib := time.FixedZone("WIB", 7*3600)
	noon := time.Date(2026, 5, 22, 6, 5, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{Number(0), "0"}, {Number(999), "999"}, {Number(1642), "1.642"}, {Number(1234567), "1.234.567"}, {Number(-1642), "−1.642"},
		{Rupiah(200_000), "Rp200.000"},
		{Month(time.December), "Desember"},
		{Date("2026-05-22"), "22 Mei 2026"}, {Date("22/5"), "22/5"},
		{Weekday("2026-05-24"), "Minggu, 24 Mei 2026"}, {Weekday(""), ""},
		{Instant(noon, wib), "Jumat, 22 Mei 2026 pukul 13.05 WIB"},
		{Instant(noon.Add(11*time.Hour), wib), "Sabtu, 23 Mei 2026 pukul 00.05 WIB"},
		{Appointment(aid.Appointment{On: "2026-05-22"}, noon, wib), "Jumat, 22 Mei 2026"},
		{Appointment(aid.Appointment{On: "2026-05-22", From: "09:00", To: "11:30"}, noon, wib), "Jumat, 22 Mei 2026, pukul 09.00–11.30 WIB"},
	} {
		if c.got != c.want {
			t.Errorf("got %q; want %q", c.got, c.want)
		}
	}
}
