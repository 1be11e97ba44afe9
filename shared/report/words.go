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

// Words returns the paragraphs of a report in plain Indonesian, written from its
// figures alone: what happened and how that compares, who gave, where it went,
// what came to nothing, how things stand, what is missing most, and what was
// corrected. The first stands for itself, as a summary. They name places and
// offices, never a person, and hold no line break or other control character;
// whoever shows them escapes them.
//
// Sums are rounded as one says them; the exact ones stand beside, in the tables.
func Words(r Report, pack *region.Pack) []string {
	w := writer{r, pack, Period{r.Period, r.Kind, r.From, r.To}}
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
}

// during begins a sentence about the period.
func (w writer) during() string {
	switch w.Kind {
	case Monthly:
		return "Selama " + w.period.Title()
	case Weekly:
		return "Dalam sepekan " + w.period.Title()
	}
	return "Pada " + w.period.Title()
}

// by begins a sentence about the end of the period.
func (w writer) by() string {
	if w.Kind == Monthly {
		return "Sampai akhir " + w.period.Title()
	}
	return "Sampai " + bahasa.Date(w.To)
}

// before names the period before: "Februari", "pekan sebelumnya".
func (w writer) before() string {
	switch w.Kind {
	case Monthly:
		was := w.period.Before()
		if was.From[:4] == w.From[:4] {
			return strings.TrimSuffix(was.Title(), " "+string(was.From[:4]))
		}
		return was.Title()
	case Weekly:
		return "pekan sebelumnya"
	}
	return "hari sebelumnya"
}

// first tells whether nobody had promised anything before the period.
func (w writer) first() bool {
	return w.End.Whole.Commitments.Pledged == w.Change.Whole.Commitments.Pledged
}

func (w writer) summary() []string {
	h, b := w.Happened, w.Before
	if h == (tally.Happened{}) {
		s := w.during() + " tidak tercatat komitmen baru, penyaluran, maupun penerimaan bantuan."
		switch {
		case w.End.Whole.Commitments.Pledged == 0:
			return []string{s, "Sampai saat itu memang belum pernah ada komitmen yang tercatat."}
		case b.Pledged > 0:
			return []string{s, upper(when(w.before())) + " tercatat " + bahasa.Number(b.Pledged) + " komitmen baru."}
		}
		return []string{s}
	}
	var promised string
	switch {
	case h.Pledged == 0 && b.Pledged > 0:
		promised = w.during() + " tidak ada komitmen baru, sedangkan " + when(w.before()) + " ada " + bahasa.Number(b.Pledged) + "."
	case h.Pledged == 0:
		promised = w.during() + " tidak ada komitmen baru."
	default:
		promised = w.during() + ", " + people(w.Givers) + " membuat " + bahasa.Number(h.Pledged) + " komitmen baru"
		value := worth(h.PledgedValue)
		if !w.first() {
			promised += ", " + trend(h.Pledged, b.Pledged, w.before())
			if value != "" {
				value = "," + value
			}
		}
		promised += value + "."
	}
	var brought string
	switch {
	case h.Delivered == 0 && h.Received == 0:
		brought = "Belum ada penyaluran yang dilaporkan atau dijawab."
		if !w.first() {
			brought = "Tidak ada penyaluran yang dilaporkan atau dijawab."
		}
	case h.Received == 0:
		brought = "Dilaporkan " + bahasa.Number(h.Delivered) + " penyaluran" + worth(h.DeliveredValue) + "; belum ada yang dijawab penerima."
	default:
		reported := "Tidak ada penyaluran baru yang dilaporkan"
		if h.Delivered > 0 {
			reported = "Dilaporkan " + bahasa.Number(h.Delivered) + " penyaluran" + worth(h.DeliveredValue)
		}
		brought = reported + "; dari penerima masuk " + bahasa.Number(h.Received) + " jawaban"
		switch {
		case h.ReceivedValue > 0:
			brought += ", dan yang dipastikan diterima bernilai " + bahasa.Short(h.ReceivedValue)
		case h.ReceivedValue < 0:
			brought += ", dan nilai yang diterima dikoreksi turun " + bahasa.Short(-h.ReceivedValue)
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

func counted(all []named) []string {
	parts := make([]string, 0, len(all))
	for _, k := range all {
		parts = append(parts, fmt.Sprintf("%s (%s)", k.name, bahasa.Number(k.n)))
	}
	return parts
}

func (w writer) givers() []string {
	if w.Happened.Pledged == 0 {
		return nil
	}
	classes := pledgedIn(w.Change.Classes, func(key string) string { return strings.ToLower(bahasa.Class(aid.Class(key))) })
	var from string
	switch {
	case len(classes) == 0:
		return nil
	case len(classes) == 1 && w.Happened.Pledged == 1:
		from = "Komitmen itu datang dari " + classes[0].name + "."
	case len(classes) == 1:
		from = "Semua komitmen baru datang dari " + classes[0].name + "."
	default:
		from = "Menurut golongan kolaborator, komitmen baru datang dari " + bahasa.List(counted(classes)) + "."
	}
	var fresh string
	if n := w.Change.Whole.Collaborators; n != nil && !n.Estimated && !w.Givers.Estimated && !w.first() {
		switch {
		case n.N == 0 && w.Givers.N > 1:
			fresh = "Semuanya sudah pernah memberi sebelumnya."
		case n.N == 0:
		case n.N < w.Givers.N:
			fresh = begin(n.N) + " kolaborator baru pertama kali memberi."
		case w.Givers.N > 1:
			fresh = "Semuanya baru pertama kali memberi."
		}
	}
	return []string{from, fresh}
}

func (w writer) receivers() []string {
	var sentences []string
	areas := pledgedIn(w.Change.Areas, func(key string) string { return w.pack.AreaName(area.Code(key)) })
	switch {
	case len(areas) == 1 && w.Happened.Pledged == 1:
		sentences = append(sentences, "Komitmen baru itu untuk penerima di "+areas[0].name+".")
	case len(areas) == 1:
		sentences = append(sentences, "Semua komitmen baru untuk penerima di "+areas[0].name+".")
	case len(areas) > most && len(ahead(areas)) == 0:
		sentences = append(sentences, "Komitmen baru tersebar di "+bahasa.Number(int64(len(areas)))+" wilayah.")
	case len(areas) > most:
		sentences = append(sentences, "Komitmen baru paling banyak untuk "+bahasa.List(counted(ahead(areas)))+".")
	case len(areas) > 1:
		sentences = append(sentences, "Komitmen baru terbagi untuk "+bahasa.List(counted(areas))+".")
	}
	if goods := w.arrived(); len(goods) > most {
		sentences = append(sentences, "Yang dipastikan diterima antara lain "+bahasa.List(goods[:most])+".")
	} else if len(goods) > 0 {
		sentences = append(sentences, "Yang dipastikan diterima: "+bahasa.List(goods)+".")
	}
	if n := w.Change.Reached; n > 0 {
		sentences = append(sentences, begin(n)+" tempat menerima bantuan untuk pertama kali.")
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
	switch h := w.Happened; {
	case h.Lapsed > 0 && h.Withdrawn > 0:
		sentences = append(sentences, fmt.Sprintf("%s komitmen gugur karena tidak ada kontak dalam %s dan %s dibatalkan; yang dijanjikan terbuka kembali.",
			begin(h.Lapsed), w.deadline(), bahasa.Number(h.Withdrawn)))
	case h.Lapsed > 0:
		sentences = append(sentences, fmt.Sprintf("%s komitmen gugur karena tidak ada kontak dalam %s; yang dijanjikan terbuka kembali.", begin(h.Lapsed), w.deadline()))
	case h.Withdrawn > 0:
		sentences = append(sentences, begin(h.Withdrawn)+" komitmen dibatalkan; yang dijanjikan terbuka kembali.")
	}
	begun, open := w.Change.Whole.Commitments.Disputes, w.End.Whole.Commitments.Disputed
	switch {
	case begun > 0 && open > 0:
		sentences = append(sentences, fmt.Sprintf("Kedua pihak berbeda angka pada %s komitmen; pada akhir periode %s komitmen masih dipersengketakan, dan angka yang lebih rendah yang dihitung.",
			bahasa.Number(begun), bahasa.Number(open)))
	case begun > 0:
		sentences = append(sentences, "Kedua pihak berbeda angka pada "+bahasa.Number(begun)+" komitmen; pada akhir periode tidak ada lagi yang dipersengketakan.")
	case open > 0:
		sentences = append(sentences, begin(open)+" komitmen masih dipersengketakan, dan angka yang lebih rendah yang dihitung.")
	case w.Change.Whole.Commitments.Disputed < 0:
		sentences = append(sentences, "Semua sengketa yang masih terbuka pada awal periode sudah selesai.")
	}
	return sentences
}

// deadline writes how long a collaborator has for the contact.
func (w writer) deadline() string {
	if n := w.pack.Limits.ContactHours; n%24 != 0 {
		return fmt.Sprintf("%d jam", n)
	}
	return fmt.Sprintf("%d×24 jam", w.pack.Limits.ContactHours/24)
}

func (w writer) standing() []string {
	s := w.End.Whole
	if s.Commitments.Holding == 0 {
		if s.Commitments.Pledged == 0 {
			return nil
		}
		return []string{w.by() + " tidak ada komitmen yang berlaku."}
	}
	sentences := []string{fmt.Sprintf("%s, %s komitmen berlaku, yang masih berjalan maupun yang sudah dipenuhi.", w.by(), bahasa.Number(s.Commitments.Holding))}
	if all := w.End.Register.Recipients; w.End.Reached > 0 && all > 0 {
		sentences = append(sentences, fmt.Sprintf("%s dari %s tempat sudah menerima bantuan.", begin(w.End.Reached), bahasa.Number(all)))
	}
	if s.Gift.Received > 0 {
		sentences = append(sentences, "Nilai pemberian yang dipastikan diterima sejak awal "+bahasa.Short(s.Gift.Received)+".")
	}
	var apart []string
	if s.Free.Received > 0 {
		apart = append(apart, "bantuan di luar daftar kebutuhan "+bahasa.Short(s.Free.Received))
	}
	if s.Loan.Received > 0 {
		apart = append(apart, "pinjaman "+bahasa.Short(s.Loan.Received))
	}
	if len(apart) > 0 {
		sentences = append(sentences, "Dihitung terpisah: "+bahasa.List(apart)+".")
	}
	switch c := w.End.Register; {
	case c.Coverage > 0 || c.Coverage == 0 && c.HouseholdDays > 0:
		sentences = append(sentences, "Kebutuhan pangan terpenuhi "+bahasa.Coverage(c)+".")
	case c.Coverage == 0 && w.End.Reached == 0:
		sentences = append(sentences, "Dari kebutuhan pangan belum ada yang dipastikan diterima.")
	}
	return sentences
}

func (w writer) gap() []string {
	var sentences []string
	open := map[area.Code]int64{}
	for _, k := range w.Kelurahan {
		if k.Open > 0 {
			open[k.Area.At(area.Kecamatan)] += k.Open
		}
	}
	if len(open) > 0 {
		widest := slices.MinFunc(slices.Collect(maps.Keys(open)), func(a, b area.Code) int { return cmp.Or(cmp.Compare(open[b], open[a]), cmp.Compare(a, b)) })
		sentences = append(sentences, fmt.Sprintf("Kekurangan terbesar ada di %s: kebutuhan senilai %s belum dijanjikan siapa pun.", w.kecamatan(widest), bahasa.Short(open[widest])))
	}
	if p, left, needed := w.scarcest(); left > 0 {
		of := ""
		if left < needed {
			of = ", dari " + bahasa.Number(needed) + " yang dibutuhkan"
		}
		sentences = append(sentences, "Menurut jenisnya, yang paling kurang adalah "+w.units(left, p)+of+".")
	} else if needed > 0 {
		sentences = append(sentences, "Semua kebutuhan yang tercatat sudah dijanjikan atau dipenuhi.")
	}
	if len(w.Gaps) > 0 {
		g := w.Gaps[0]
		sentences = append(sentences, fmt.Sprintf("Tempat dengan kekurangan terbesar adalah %s, senilai %s.", w.place(g), bahasa.Short(g.Open)))
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
	sentences := []string{"Sejak awal, separuh dari yang sudah berkontak berbicara dengan penanggung jawab dalam " + bahasa.Hours(*median) + "."}
	if len(w.Slow) > 0 && w.Slow[0].MedianHours > *median {
		s := w.Slow[0]
		among := ""
		if len(w.Slow) > 1 && w.Slow[1].MedianHours == s.MedianHours {
			among = " antara lain"
		}
		sentences = append(sentences, fmt.Sprintf("Paling lambat%s di %s: %s, dari %s kontak.", among, w.kecamatan(s.Area), bahasa.Hours(s.MedianHours), bahasa.Number(s.Contacted)))
	}
	return sentences
}

func (w writer) forgotten() []string {
	if w.ForgottenTotal == 0 {
		if w.End.Register.Recipients == 0 || w.End.Whole.Gift.Needed+w.End.Whole.Loan.Needed == 0 {
			return nil
		}
		return []string{"Tidak ada lagi tempat dengan kebutuhan yang belum dikirimi bantuan apa pun."}
	}
	var places []string
	for _, s := range w.Forgotten[:min(most, len(w.Forgotten))] {
		name := w.place(s)
		if s.Households > 0 {
			name += " (" + bahasa.Number(s.Households) + " KK)"
		}
		places = append(places, name)
	}
	s := begin(w.ForgottenTotal) + " tempat belum menerima bantuan apa pun"
	switch {
	case len(places) == 0:
	case w.ForgottenTotal == 1:
		s += ": " + places[0]
	default:
		s += "; yang terbesar"
		if len(w.Forgotten) > most && w.Forgotten[most].Households == w.Forgotten[most-1].Households {
			s += " antara lain"
		}
		s += " " + bahasa.List(places)
	}
	var moved string
	switch n := w.Change.Unreached; {
	case n < 0:
		moved = "Pada awal periode masih " + bahasa.Number(w.ForgottenTotal-n) + "."
	case n > 0 && w.ForgottenTotal > n:
		moved = "Pada awal periode " + bahasa.Number(w.ForgottenTotal-n) + "."
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
		s := "pada " + bahasa.Date(aid.DayOf(c.On, w.pack.Zone))
		if c.By != "" {
			s += " oleh " + c.By
		}
		if c.Reason != "" {
			s += ", dengan alasan “" + strings.TrimRight(c.Reason, ". ") + "”"
		}
		told = append(told, s)
	}
	s := "Dicatat " + bahasa.Number(int64(len(w.Corrections))) + " koreksi data: " + strings.Join(told, "; ")
	if rest := len(w.Corrections) - len(listed); rest > 0 {
		s += "; dan " + bahasa.Number(int64(rest)) + " lainnya"
	}
	return []string{s + "."}
}

func (w writer) demo() []string {
	switch n, all := w.End.Demo, w.End.Register.Recipients; {
	case !w.Demo:
		return nil
	case n < all:
		return []string{fmt.Sprintf("Laporan ini memuat data contoh: %s dari %s penerima dikarang untuk peragaan.", bahasa.Number(n), bahasa.Number(all))}
	}
	return []string{"Laporan ini memuat data contoh: semua penerima, nama, dan angkanya dikarang untuk peragaan."}
}

// place names a recipient so that it is known outside its kelurahan.
func (w writer) place(s Spot) string {
	if kelurahan := s.Area.At(area.Kelurahan); kelurahan != "" && !strings.Contains(s.Name, w.pack.AreaName(kelurahan)) {
		return s.Name + " di " + w.pack.AreaName(kelurahan)
	}
	return s.Name
}

// kecamatan names a kecamatan with its kota.
func (w writer) kecamatan(code area.Code) string {
	name := "Kecamatan " + w.pack.AreaName(code)
	if kota := code.At(area.Kota); kota != "" && kota != w.pack.Root {
		name += ", " + w.pack.AreaName(kota)
	}
	return name
}

// units writes how many of a package: "1.240 paket sembako".
func (w writer) units(n int64, id aid.PackageID) string {
	p, ok := w.pack.Package(id)
	if !ok {
		return bahasa.Number(n) + " " + string(id)
	}
	return bahasa.Number(n) + " " + bahasa.Thing(p.Package)
}

// people writes a number of collaborators, and that it is estimated.
func people(c tally.Count) string {
	if c.Estimated {
		return "sekitar " + bahasa.Roughly(c.N) + " kolaborator"
	}
	return bahasa.Number(c.N) + " kolaborator"
}

// worth puts a value behind what it is the value of.
func worth(rupiah int64) string {
	if rupiah <= 0 {
		return ""
	}
	return " senilai " + bahasa.Short(rupiah)
}

// fewest is from how many on a change is said in percent. Of fewer, one more
// would already be a leap.
const fewest = 20

// trend compares a number with the one before.
func trend(now, was int64, before string) string {
	switch {
	case was == 0:
		return "setelah " + before + " tanpa komitmen baru"
	case now == was:
		return "sama banyaknya dengan " + before
	case now >= 2*was && was >= fewest:
		if now%was == 0 {
			return fmt.Sprintf("%d kali lipat %s", now/was, before)
		}
		return fmt.Sprintf("lebih dari %d kali lipat %s", now/was, before)
	case was < fewest && now > was:
		return fmt.Sprintf("naik dari %s %s", bahasa.Number(was), when(before))
	case was < fewest:
		return fmt.Sprintf("turun dari %s %s", bahasa.Number(was), when(before))
	}
	more, word := now-was, "naik"
	if more < 0 {
		more, word = -more, "turun"
	}
	p := (200*more/was + 1) / 2
	switch {
	case p == 0:
		return "hampir sama dengan " + before
	case p == 100:
		p = 99 // nothing at all is said otherwise
	}
	return fmt.Sprintf("%s %d%% dari %s", word, p, before)
}

// when says in which period: "pada Februari".
func when(before string) string { return "pada " + before }

// begin begins a sentence with a number.
func begin(n int64) string {
	if n == 1 {
		return "Satu"
	}
	return "Sebanyak " + bahasa.Number(n)
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
