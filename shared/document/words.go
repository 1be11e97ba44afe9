package document

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"ksbb/shared/aid"
)

// number writes n as Indonesians do: 1.642.
func number(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return s
}

// rupiah writes an amount: Rp200.000.
func rupiah(r aid.Rupiah) string { return "Rp" + number(int64(r)) }

var (
	months = [...]string{"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"}
	days   = [...]string{"Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"}
)

// calendar writes "Sabtu, 23 Mei 2026".
func calendar(t time.Time) string {
	return fmt.Sprintf("%s, %d %s %d", days[t.Weekday()], t.Day(), months[t.Month()-1], t.Year())
}

// weekday writes a day with its name, and a day that is none as it stands.
func weekday(d aid.Day) string {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return string(d)
	}
	return calendar(t)
}

// instant writes "Sabtu, 23 Mei 2026 pukul 13.05 WIB".
func instant(t time.Time, zone *time.Location) string {
	t = t.In(zone)
	return calendar(t) + " pukul " + t.Format("15.04 MST")
}

// period writes "Sabtu, 23 Mei 2026 sampai Senin, 25 Mei 2026".
func period(p aid.Period) string {
	if p.From == p.To || p.To == "" {
		return weekday(p.From)
	}
	return weekday(p.From) + " sampai " + weekday(p.To)
}

// appointment writes "Sabtu, 23 Mei 2026, pukul 09.00–11.00 WIB". at gives the
// zone its name.
func appointment(a aid.Appointment, at time.Time, zone *time.Location) string {
	s := weekday(a.On)
	if a.From == "" {
		return s
	}
	hours := a.From
	if a.To != "" && a.To != a.From {
		hours += "–" + a.To
	}
	return s + ", pukul " + strings.ReplaceAll(hours, ":", ".") + at.In(zone).Format(" MST")
}

// goods names an item, with what is given instead.
func (it Item) goods() string {
	s := it.Name
	if it.Equivalent != "" {
		s += ", diganti bentuk lain yang setara: " + it.Equivalent
	}
	if it.Free {
		s += " (di luar daftar kebutuhan)"
	}
	return s
}

// amount writes "240 paket".
func (it Item) amount(n int64) string { return strings.TrimSpace(number(n) + " " + it.Unit) }

// counted writes an item after its number, "240 Paket Sembako" and "30 lembar
// Selimut": the unit is left out where the name begins with it.
func (it Item) counted(n int64) string {
	if strings.HasPrefix(strings.ToLower(it.Name)+" ", strings.ToLower(it.Unit)+" ") {
		return number(n) + " " + it.Name
	}
	return it.amount(n) + " " + it.Name
}

// with puts what kind of one a party is behind it, unless its name says so.
func with(name, kind string) string {
	if strings.Contains(strings.ToLower(name), strings.ToLower(strings.TrimSpace(kind))) {
		return name
	}
	return name + " (" + kind + ")"
}

// route says how the goods travel.
func (p Pledge) route() string {
	if p.Route != aid.Aggregate {
		return "Diantar langsung oleh kolaborator"
	}
	s := "Lewat mitra penyalur " + cmp.Or(p.Aggregator, "(belum ditentukan)")
	if p.Permit != "" {
		s += ", nomor izin " + p.Permit
	}
	return s
}

// place joins what tells where a recipient is.
func (p Pledge) place() string {
	var parts []string
	for _, s := range []string{p.Address, p.Area} {
		if strings.TrimSpace(s) != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ")
}
