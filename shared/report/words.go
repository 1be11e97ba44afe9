package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/bahasa"
	"ksbb/shared/region"
	"ksbb/shared/tally"
)

// Words returns the paragraphs of a report in plain words, written from its
// figures alone: what happened and how that compares, who gave, where it went,
// what came to nothing, how things stand, what is missing most, and what was
// corrected. The first stands for itself, as a summary. They name places and
// offices, never a person, and hold no line break or other control character;
// whoever shows them escapes them.
//
// Sums are rounded as one says them; the exact ones stand beside, in the tables.
//
// The language is that of the paragraphs; pack speaks it too.
func Words(r Report, pack *region.Pack, l bahasa.Language) []string {
	w := writer{r, pack, Period{r.Period, r.Kind, r.From, r.To}, l}
	paragraphs := []string{}
	for _, sentences := range [][]string{w.summary(), w.givers(), w.receivers(), w.failures(), w.standing(), w.gap(), w.pace(), w.forgotten(), w.corrections(), w.demo()} {
		if text := strings.Join(slices.DeleteFunc(sentences, func(s string) bool { return s == "" }), " "); text != "" {
			paragraphs = append(paragraphs, seen(text))
		}
	}
	return paragraphs
}

// writer writes the paragraphs of one report. Each method returns the sentences
// of one of them, none where there is nothing to say.
type writer struct {
	Report
	pack   *region.Pack
	period Period
	lang   bahasa.Language
}

// during begins a sentence about the period.
func (w writer) during() string {
	switch w.Kind {
	case Monthly:
		return w.lang.Say("Selama %s", w.period.TitleIn(w.lang))
	case Weekly:
		return w.lang.Say("Dalam sepekan %s", w.period.TitleIn(w.lang))
	}
	return w.lang.Say("Pada %s", w.period.TitleIn(w.lang))
}

// by begins a sentence about the end of the period.
func (w writer) by() string {
	if w.Kind == Monthly {
		return w.lang.Say("Sampai akhir %s", w.period.TitleIn(w.lang))
	}
	return w.lang.Say("Sampai %s", w.lang.Date(w.To))
}

// before names the period before: "Februari", "pekan sebelumnya".
func (w writer) before() string {
	switch w.Kind {
	case Monthly:
		was := w.period.Before()
		if was.From[:4] == w.From[:4] {
			return strings.TrimSuffix(was.TitleIn(w.lang), " "+string(was.From[:4]))
		}
		return was.TitleIn(w.lang)
	case Weekly:
		return w.lang.Say("pekan sebelumnya")
	}
	return w.lang.Say("hari sebelumnya")
}

// first tells whether nobody had promised anything before the period.
func (w writer) first() bool {
	return w.End.Whole.Commitments.Pledged == w.Change.Whole.Commitments.Pledged
}

func (w writer) summary() []string {
	h, b := w.Happened, w.Before
	if h == (tally.Happened{}) {
		s := w.lang.Say("%s tidak tercatat komitmen baru, penyaluran, maupun penerimaan bantuan.", w.during())
		switch {
		case w.End.Whole.Commitments.Pledged == 0:
			return []string{s, w.lang.Say("Sampai saat itu memang belum pernah ada komitmen yang tercatat.")}
		case b.Pledged > 0:
			return []string{s, w.lang.Many(b.Pledged, "%s tercatat %s komitmen baru.", upper(w.when()), w.lang.Number(b.Pledged))}
		}
		return []string{s}
	}
	var promised string
	switch {
	case h.Pledged == 0 && b.Pledged > 0:
		promised = w.lang.Say("%s tidak ada komitmen baru, sedangkan %s ada %s.", w.during(), w.when(), w.lang.Number(b.Pledged))
	case h.Pledged == 0:
		promised = w.lang.Say("%s tidak ada komitmen baru.", w.during())
	default:
		promised = w.lang.Many(h.Pledged, "%s, %s membuat %s komitmen baru", w.during(), w.people(w.Givers), w.lang.Number(h.Pledged))
		value := w.worth(h.PledgedValue)
		if !w.first() {
			promised += ", " + trend(w.lang, h.Pledged, b.Pledged, w.before(), w.when())
			if value != "" {
				value = "," + value
			}
		}
		promised += value + "."
	}
	var brought string
	switch {
	case h.Delivered == 0 && h.Received == 0:
		brought = w.lang.Say("Belum ada penyaluran yang dilaporkan atau dijawab.")
		if !w.first() {
			brought = w.lang.Say("Tidak ada penyaluran yang dilaporkan atau dijawab.")
		}
	case h.Received == 0:
		brought = w.lang.Many(h.Delivered, "Dilaporkan %s penyaluran%s; belum ada yang dijawab penerima.", w.lang.Number(h.Delivered), w.worth(h.DeliveredValue))
	default:
		reported := w.lang.Say("Tidak ada penyaluran baru yang dilaporkan")
		if h.Delivered > 0 {
			reported = w.lang.Many(h.Delivered, "Dilaporkan %s penyaluran%s", w.lang.Number(h.Delivered), w.worth(h.DeliveredValue))
		}
		brought = w.lang.Many(h.Received, "%s; dari penerima masuk %s jawaban", reported, w.lang.Number(h.Received))
		switch {
		case h.ReceivedValue > 0:
			brought += w.lang.Say(", dan yang dipastikan diterima bernilai %s", w.lang.Short(h.ReceivedValue))
		case h.ReceivedValue < 0:
			brought += w.lang.Say(", dan nilai yang diterima dikoreksi turun %s", w.lang.Short(-h.ReceivedValue))
		}
		brought += "."
	}
	return []string{promised, brought}
}

// most is how many of a kind a sentence names.
const most = 3

// named is something with the number by which it is listed.
type named struct {
	name string
	n    int64
}

// pledgedIn lists the rows with new commitments, most first.
func pledgedIn(rows []tally.Row, name func(key string) string) []named {
	var all []named
	for _, r := range rows {
		if r.Commitments.Pledged > 0 {
			all = append(all, named{name(r.Key), r.Commitments.Pledged})
		}
	}
	slices.SortStableFunc(all, func(a, b named) int { return cmp.Compare(b.n, a.n) })
	return all
}

// ahead returns the first of a longer list that may be said to be the most: none
// of those left out has as many.
func ahead(all []named) []named {
	k := most
	for k > 0 && all[k-1].n == all[most].n {
		k--
	}
	return all[:k]
}

func (w writer) counted(all []named) []string {
	parts := make([]string, 0, len(all))
	for _, k := range all {
		parts = append(parts, fmt.Sprintf("%s (%s)", k.name, w.lang.Number(k.n)))
	}
	return parts
}

func (w writer) givers() []string {
	if w.Happened.Pledged == 0 {
		return nil
	}
	classes := pledgedIn(w.Change.Classes, func(key string) string { return strings.ToLower(w.lang.Class(aid.Class(key))) })
	var from string
	switch {
	case len(classes) == 0:
		return nil
	case len(classes) == 1 && w.Happened.Pledged == 1:
		from = w.lang.Say("Komitmen itu datang dari %s.", classes[0].name)
	case len(classes) == 1:
		from = w.lang.Say("Semua komitmen baru datang dari %s.", classes[0].name)
	default:
		from = w.lang.Say("Menurut golongan kolaborator, komitmen baru datang dari %s.", w.lang.List(w.counted(classes)))
	}
	var fresh string
	if n := w.Change.Whole.Collaborators; n != nil && !n.Estimated && !w.Givers.Estimated && !w.first() {
		switch {
		case n.N == 0 && w.Givers.N > 1:
			fresh = w.lang.Say("Semuanya sudah pernah memberi sebelumnya.")
		case n.N == 0:
		case n.N < w.Givers.N:
			fresh = w.lang.Many(n.N, "%s kolaborator baru pertama kali memberi.", w.begin(n.N))
		case w.Givers.N > 1:
			fresh = w.lang.Say("Semuanya baru pertama kali memberi.")
		}
	}
	return []string{from, fresh}
}

func (w writer) receivers() []string {
	var sentences []string
	say := func(s string) { sentences = append(sentences, s) }
	areas := pledgedIn(w.Change.Areas, func(key string) string { return w.pack.AreaName(area.Code(key)) })
	switch {
	case len(areas) == 1 && w.Happened.Pledged == 1:
		say(w.lang.Say("Komitmen baru itu untuk penerima di %s.", areas[0].name))
	case len(areas) == 1:
		say(w.lang.Say("Semua komitmen baru untuk penerima di %s.", areas[0].name))
	case len(areas) > most && len(ahead(areas)) == 0:
		say(w.lang.Say("Komitmen baru tersebar di %s wilayah.", w.lang.Number(int64(len(areas)))))
	case len(areas) > most:
		say(w.lang.Say("Komitmen baru paling banyak untuk %s.", w.lang.List(w.counted(ahead(areas)))))
	case len(areas) > 1:
		say(w.lang.Say("Komitmen baru terbagi untuk %s.", w.lang.List(w.counted(areas))))
	}
	if goods := w.arrived(); len(goods) > most {
		say(w.lang.Say("Yang dipastikan diterima antara lain %s.", w.lang.List(goods[:most])))
	} else if len(goods) > 0 {
		say(w.lang.Say("Yang dipastikan diterima: %s.", w.lang.List(goods)))
	}
	if n := w.Change.Reached; n > 0 {
		say(w.lang.Many(n, "%s tempat menerima bantuan untuk pertama kali.", w.begin(n)))
	}
	return sentences
}

// arrived lists what was received in the period, what is worth most first and
// loans last.
func (w writer) arrived() []string {
	rows := slices.Clone(w.Change.Packages)
	rows = slices.DeleteFunc(rows, func(r tally.Row) bool { return r.Key == "" || r.Units == nil || r.Units.Received <= 0 })
	slices.SortStableFunc(rows, func(a, b tally.Row) int {
		return cmp.Or(cmp.Compare(b.Gift.Received, a.Gift.Received), cmp.Compare(b.Units.Received, a.Units.Received))
	})
	goods := make([]string, 0, len(rows))
	for _, r := range rows {
		goods = append(goods, w.units(r.Units.Received, aid.PackageID(r.Key)))
	}
	return goods
}

func (w writer) failures() []string {
	var sentences []string
	say := func(s string) { sentences = append(sentences, s) }
	switch h := w.Happened; {
	case h.Lapsed > 0 && h.Withdrawn > 0:
		say(w.lang.Many(h.Lapsed, "%s komitmen gugur karena tidak ada kontak dalam %s dan %s dibatalkan; yang dijanjikan terbuka kembali.",
			w.begin(h.Lapsed), w.deadline(), w.lang.Number(h.Withdrawn)))
	case h.Lapsed > 0:
		say(w.lang.Many(h.Lapsed, "%s komitmen gugur karena tidak ada kontak dalam %s; yang dijanjikan terbuka kembali.", w.begin(h.Lapsed), w.deadline()))
	case h.Withdrawn > 0:
		say(w.lang.Many(h.Withdrawn, "%s komitmen dibatalkan; yang dijanjikan terbuka kembali.", w.begin(h.Withdrawn)))
	}
	begun, open := w.Change.Whole.Commitments.Disputes, w.End.Whole.Commitments.Disputed
	switch {
	case begun > 0 && open > 0:
		say(w.lang.Many(begun, "Kedua pihak berbeda angka pada %s komitmen; pada akhir periode %s komitmen masih dipersengketakan, dan angka yang lebih rendah yang dihitung.",
			w.lang.Number(begun), w.lang.Number(open)))
	case begun > 0:
		say(w.lang.Many(begun, "Kedua pihak berbeda angka pada %s komitmen; pada akhir periode tidak ada lagi yang dipersengketakan.", w.lang.Number(begun)))
	case open > 0:
		say(w.lang.Many(open, "%s komitmen masih dipersengketakan, dan angka yang lebih rendah yang dihitung.", w.begin(open)))
	case w.Change.Whole.Commitments.Disputed < 0:
		say(w.lang.Say("Semua sengketa yang masih terbuka pada awal periode sudah selesai."))
	}
	return sentences
}

// deadline writes how long a collaborator has for the contact.
func (w writer) deadline() string {
	if n := w.pack.Limits.ContactHours; n%24 != 0 {
		return w.lang.Say("%d jam", n)
	}
	return w.lang.Say("%d×24 jam", w.pack.Limits.ContactHours/24)
}

func (w writer) standing() []string {
	s := w.End.Whole
	if s.Commitments.Holding == 0 {
		if s.Commitments.Pledged == 0 {
			return nil
		}
		return []string{w.lang.Say("%s tidak ada komitmen yang berlaku.", w.by())}
	}
	var sentences []string
	say := func(s string) { sentences = append(sentences, s) }
	say(w.lang.Many(s.Commitments.Holding, "%s, %s komitmen berlaku, yang masih berjalan maupun yang sudah dipenuhi.", w.by(), w.lang.Number(s.Commitments.Holding)))
	if all := w.End.Register.Recipients; w.End.Reached > 0 && all > 0 {
		say(w.lang.Many(w.End.Reached, "%s dari %s tempat sudah menerima bantuan.", w.begin(w.End.Reached), w.lang.Number(all)))
	}
	if s.Gift.Received > 0 {
		say(w.lang.Say("Nilai pemberian yang dipastikan diterima sejak awal %s.", w.lang.Short(s.Gift.Received)))
	}
	var apart []string
	if s.Free.Received > 0 {
		apart = append(apart, w.lang.Say("bantuan di luar daftar kebutuhan %s", w.lang.Short(s.Free.Received)))
	}
	if s.Loan.Received > 0 {
		apart = append(apart, w.lang.Say("pinjaman %s", w.lang.Short(s.Loan.Received)))
	}
	if len(apart) > 0 {
		say(w.lang.Say("Dihitung terpisah: %s.", w.lang.List(apart)))
	}
	switch c := w.End.Register; {
	case c.Coverage > 0 || c.Coverage == 0 && c.HouseholdDays > 0:
		say(w.lang.Say("Kebutuhan pangan terpenuhi %s.", w.lang.Coverage(c)))
	case c.Coverage == 0 && w.End.Reached == 0:
		say(w.lang.Say("Dari kebutuhan pangan belum ada yang dipastikan diterima."))
	}
	return sentences
}

func (w writer) gap() []string {
	var sentences []string
	say := func(s string) { sentences = append(sentences, s) }
	open := map[area.Code]int64{}
	for _, k := range w.Kelurahan {
		if k.Open > 0 {
			open[k.Area.At(area.Kecamatan)] += k.Open
		}
	}
	if len(open) > 0 {
		widest := slices.MinFunc(slices.Collect(maps.Keys(open)), func(a, b area.Code) int { return cmp.Or(cmp.Compare(open[b], open[a]), cmp.Compare(a, b)) })
		say(w.lang.Say("Kekurangan terbesar ada di %s: kebutuhan senilai %s belum dijanjikan siapa pun.", w.kecamatan(widest), w.lang.Short(open[widest])))
	}
	if p, left, needed := w.scarcest(); left > 0 {
		if left < needed {
			say(w.lang.Say("Menurut jenisnya, yang paling kurang adalah %s, dari %s yang dibutuhkan.", w.units(left, p), w.lang.Number(needed)))
		} else {
			say(w.lang.Say("Menurut jenisnya, yang paling kurang adalah %s.", w.units(left, p)))
		}
	} else if needed > 0 {
		say(w.lang.Say("Semua kebutuhan yang tercatat sudah dijanjikan atau dipenuhi."))
	}
	if len(w.Gaps) > 0 {
		g := w.Gaps[0]
		say(w.lang.Say("Tempat dengan kekurangan terbesar adalah %s, senilai %s.", w.place(g), w.lang.Short(g.Open)))
	}
	return sentences
}

// scarcest returns the package of which most is promised by nobody, by what
// that is worth and, where nothing has a price, by units; loans only where there
// is nothing else. It returns with it how many units are left, and how many are
// needed.
func (w writer) scarcest() (p aid.PackageID, left, needed int64) {
	var best struct {
		gift  bool
		value int64
	}
	for _, r := range w.End.Packages {
		if r.Units == nil || r.Units.Needed <= 0 {
			continue
		}
		needed = max(needed, 1)
		rest := r.Units.Needed - r.Units.Given()
		if rest <= 0 {
			continue
		}
		gift := w.pack.Catalogue().Packages[aid.PackageID(r.Key)].Modality != aid.Loan
		value := aid.Share(aid.Rupiah(r.Gift.Needed), rest, r.Units.Needed)
		better := left == 0
		switch {
		case better:
		case gift != best.gift:
			better = gift
		case value != best.value:
			better = value > best.value
		default:
			better = rest > left
		}
		if better {
			p, left, best.gift, best.value = aid.PackageID(r.Key), rest, gift, value
		}
	}
	if left > 0 {
		for _, r := range w.End.Packages {
			if aid.PackageID(r.Key) == p {
				needed = r.Units.Needed
			}
		}
	}
	return p, left, needed
}

// pace is left out of a day, which hardly changes it.
func (w writer) pace() []string {
	median := w.End.Contact.MedianHours
	if w.Kind == Daily || median == nil {
		return nil
	}
	sentences := []string{w.lang.Say("Sejak awal, separuh dari yang sudah berkontak berbicara dengan penanggung jawab dalam %s.", w.lang.Hours(*median))}
	if len(w.Slow) > 0 && w.Slow[0].MedianHours > *median {
		s := w.Slow[0]
		where, hours, of := w.kecamatan(s.Area), w.lang.Hours(s.MedianHours), w.lang.Number(s.Contacted)
		if len(w.Slow) > 1 && w.Slow[1].MedianHours == s.MedianHours {
			sentences = append(sentences, w.lang.Many(s.Contacted, "Paling lambat antara lain di %s: %s, dari %s kontak.", where, hours, of))
		} else {
			sentences = append(sentences, w.lang.Many(s.Contacted, "Paling lambat di %s: %s, dari %s kontak.", where, hours, of))
		}
	}
	return sentences
}

func (w writer) forgotten() []string {
	if w.ForgottenTotal == 0 {
		if w.End.Register.Recipients == 0 || w.End.Whole.Gift.Needed+w.End.Whole.Loan.Needed == 0 {
			return nil
		}
		return []string{w.lang.Say("Tidak ada lagi tempat dengan kebutuhan yang belum dikirimi bantuan apa pun.")}
	}
	var places []string
	for _, s := range w.Forgotten[:min(most, len(w.Forgotten))] {
		name := w.place(s)
		if s.Households > 0 {
			name = w.lang.Many(s.Households, "%s (%s KK)", name, w.lang.Number(s.Households))
		}
		places = append(places, name)
	}
	s := w.lang.Many(w.ForgottenTotal, "%s tempat belum menerima bantuan apa pun", w.begin(w.ForgottenTotal))
	switch {
	case len(places) == 0:
	case w.ForgottenTotal == 1:
		s += ": " + places[0]
	case len(w.Forgotten) > most && w.Forgotten[most].Households == w.Forgotten[most-1].Households:
		s += w.lang.Say("; yang terbesar antara lain %s", w.lang.List(places))
	default:
		s += w.lang.Say("; yang terbesar %s", w.lang.List(places))
	}
	var moved string
	switch n := w.Change.Unreached; {
	case n < 0:
		moved = w.lang.Say("Pada awal periode masih %s.", w.lang.Number(w.ForgottenTotal-n))
	case n > 0 && w.ForgottenTotal > n:
		moved = w.lang.Say("Pada awal periode %s.", w.lang.Number(w.ForgottenTotal-n))
	}
	return []string{s + ".", moved}
}

func (w writer) corrections() []string {
	if len(w.Corrections) == 0 {
		return nil
	}
	listed := w.Corrections[:min(most, len(w.Corrections))]
	var told []string
	for _, c := range listed {
		day := w.lang.Date(aid.DayOf(c.On, w.pack.Zone))
		s := w.lang.Say("pada tanggal %s", day)
		if c.By != "" {
			s = w.lang.Say("pada %s oleh %s", day, c.By)
		}
		// A reason is told as it was written, which other readers meet in the list.
		if c.Reason != "" && w.lang == bahasa.Indonesian {
			s += w.lang.Say(", dengan alasan “%s”", strings.TrimRight(c.Reason, ". "))
		}
		told = append(told, s)
	}
	n := int64(len(w.Corrections))
	s := w.lang.Many(n, "Dicatat %s koreksi data: %s", w.lang.Number(n), strings.Join(told, "; "))
	if rest := len(w.Corrections) - len(listed); rest > 0 {
		s += w.lang.Say("; dan %s lainnya", w.lang.Number(int64(rest)))
	}
	return []string{s + "."}
}

func (w writer) demo() []string {
	switch n, all := w.End.Demo, w.End.Register.Recipients; {
	case !w.Demo:
		return nil
	case n < all:
		return []string{w.lang.Say("Laporan ini memuat data contoh: %s dari %s penerima dikarang untuk peragaan.", w.lang.Number(n), w.lang.Number(all))}
	}
	return []string{w.lang.Say("Laporan ini memuat data contoh: semua penerima, nama, dan angkanya dikarang untuk peragaan.")}
}

// place names a recipient so that it is known outside its kelurahan.
func (w writer) place(s Spot) string {
	if kelurahan := s.Area.At(area.Kelurahan); kelurahan != "" && !strings.Contains(s.Name, w.pack.AreaName(kelurahan)) {
		return w.lang.Say("%s di %s", s.Name, w.pack.AreaName(kelurahan))
	}
	return s.Name
}

// kecamatan names a kecamatan with its kota.
func (w writer) kecamatan(code area.Code) string {
	name := w.lang.Say("Kecamatan %s", w.pack.AreaName(code))
	if kota := code.At(area.Kota); kota != "" && kota != w.pack.Root {
		name += ", " + w.pack.AreaName(kota)
	}
	return name
}

// units writes how many of a package: "1.240 paket sembako".
func (w writer) units(n int64, id aid.PackageID) string {
	p, ok := w.pack.Package(id)
	if !ok {
		return w.lang.Number(n) + " " + string(id)
	}
	return w.lang.Number(n) + " " + p.Thing(n)
}

// people writes a number of collaborators, and that it is estimated.
func (w writer) people(c tally.Count) string {
	if c.Estimated {
		return w.lang.Say("sekitar %s kolaborator", w.lang.Roughly(c.N))
	}
	return w.lang.Many(c.N, "%s kolaborator", w.lang.Number(c.N))
}

// worth puts a value behind what it is the value of.
func (w writer) worth(rupiah int64) string {
	if rupiah <= 0 {
		return ""
	}
	return w.lang.Say(" senilai %s", w.lang.Short(rupiah))
}

// fewest is from how many on a change is said in percent. Of fewer, one more
// would already be a leap.
const fewest = 20

// trend compares a number with the one before.
func trend(l bahasa.Language, now, was int64, before, when string) string {
	switch {
	case was == 0:
		return l.Say("setelah %s tanpa komitmen baru", before)
	case now == was:
		return l.Say("sama banyaknya dengan %s", before)
	case now >= 2*was && was >= fewest:
		if now%was == 0 {
			return l.Say("%d kali lipat %s", now/was, before)
		}
		return l.Say("lebih dari %d kali lipat %s", now/was, before)
	case was < fewest && now > was:
		return l.Say("naik dari %s %s", l.Number(was), when)
	case was < fewest:
		return l.Say("turun dari %s %s", l.Number(was), when)
	}
	more := now - was
	p := (200*max(more, -more)/was + 1) / 2
	switch {
	case p == 0:
		return l.Say("hampir sama dengan %s", before)
	case p == 100:
		p = 99 // nothing at all is said otherwise
	}
	if more < 0 {
		return l.Say("turun %d%% dari %s", p, before)
	}
	return l.Say("naik %d%% dari %s", p, before)
}

// when says in which period: "pada Februari".
func (w writer) when() string {
	switch w.Kind {
	case Monthly:
		return w.lang.Say("pada %s", w.before())
	case Weekly:
		return w.lang.Say("pada pekan sebelumnya")
	}
	return w.lang.Say("pada hari sebelumnya")
}

// begin begins a sentence with a number.
func (w writer) begin(n int64) string {
	if n == 1 {
		return w.lang.Say("Satu")
	}
	return w.lang.Say("Sebanyak %s", w.lang.Number(n))
}

// upper begins a sentence.
func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// seen returns a text in one line, without characters that nobody sees or that
// reorder what others read. Names come from imports, too. What glues emoji
// together stays.
func seen(s string) string {
	const joiner = '\u200d'
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			return ' '
		case r != joiner && unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs) || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}
