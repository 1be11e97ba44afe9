package mail

import (
	"cmp"
	"fmt"
	"html"
	"strconv"
	"strings"
	"time"

	"ksbb/shared/aid"
)

// Message is one letter, ready to send.
type Message struct {
	To      string // one bare address
	Subject string
	Text    string
	HTML    string
}

// Occasion is what a letter is about. Code is for the letter that proves a
// channel, Link for all others.
type Occasion struct {
	Language   string // "id" or "en"
	To         aid.Contact
	Commitment aid.Commitment
	Place      string // the recipient's name
	Area       string // where that is, in words
	Items      []Item
	Code       string
	Link       string // the private link
	Service    string // "KSBB Jakarta"
	Zone       *time.Location
}

// Item is one line of the commitment in words.
type Item struct {
	Quantity   int64
	Unit       string
	Name       string
	Equivalent string // given instead
	Free       bool   // outside any need: Name is the giver's own words
}

// Compose writes a letter, as text and as HTML. It decides nothing but words.
//
// The letter with the code goes to an address that nobody has proven to be
// theirs, so it holds nothing that a stranger may have written: no name, no
// description. It refuses an address or a text that could break out of a mail
// header.
func Compose(kind aid.LetterKind, o Occasion) (Message, error) {
	w := indonesian
	if o.Language == "en" {
		w = english
	}
	var l letter
	switch kind {
	case aid.LetterCode:
		l = w.code(o)
	case aid.LetterPledged:
		l = w.pledged(o)
	case aid.LetterWithdrawn:
		l = w.withdrawn(o)
	default:
		return Message{}, fmt.Errorf("compose letter %q: no such kind", kind)
	}
	if o.Commitment.Demo {
		l.say(w.demo)
	}
	l.say(o.Service)
	if to, ok := aid.CleanEmail(o.To.Email); !ok || to != o.To.Email {
		return Message{}, fmt.Errorf("compose letter %q of commitment %s: the address is not clean", kind, o.Commitment.ID)
	}
	if strings.ContainsFunc(l.subject, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return Message{}, fmt.Errorf("compose letter %q of commitment %s: the subject is not one line", kind, o.Commitment.ID)
	}
	return Message{To: o.To.Email, Subject: l.subject, Text: l.text(), HTML: l.html(cmp.Or(o.Language, "id"))}, nil
}

// letter is a subject and paragraphs of a few kinds, from which text and HTML
// are made alike.
type letter struct {
	subject string
	blocks  []block
}

type block struct {
	kind  blockKind
	text  string
	items []string
}

type blockKind int

const (
	paragraph blockKind = iota
	list
	code
	link
)

func (l *letter) say(text string)        { l.blocks = append(l.blocks, block{kind: paragraph, text: text}) }
func (l *letter) enumerate(all []string) { l.blocks = append(l.blocks, block{kind: list, items: all}) }
func (l *letter) show(digits string)     { l.blocks = append(l.blocks, block{kind: code, text: digits}) }
func (l *letter) point(url string)       { l.blocks = append(l.blocks, block{kind: link, text: url}) }

func (l letter) text() string {
	var b strings.Builder
	for i, p := range l.blocks {
		if i > 0 {
			b.WriteString("\n")
		}
		switch p.kind {
		case list:
			for _, item := range p.items {
				b.WriteString("- " + item + "\n")
			}
		default:
			b.WriteString(p.text + "\n")
		}
	}
	return b.String()
}

// html needs no style sheet: mail programs drop most of it, and a letter that
// is only paragraphs can be read by everyone.
func (l letter) html(language string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<!doctype html><html lang="%s"><head><meta charset="utf-8"><title>%s</title></head><body>`, html.EscapeString(language), html.EscapeString(l.subject))
	for _, p := range l.blocks {
		text := html.EscapeString(p.text)
		switch p.kind {
		case list:
			b.WriteString("<ul>")
			for _, item := range p.items {
				b.WriteString("<li>" + html.EscapeString(item) + "</li>")
			}
			b.WriteString("</ul>")
		case code:
			b.WriteString("<p><strong><big><big>" + text + "</big></big></strong></p>")
		case link:
			b.WriteString(`<p><a href="` + text + `">` + text + "</a></p>")
		default:
			b.WriteString("<p>" + text + "</p>")
		}
	}
	b.WriteString("</body></html>\n")
	return b.String()
}

// words are one language.
type words struct {
	code, pledged, withdrawn func(Occasion) letter
	demo                     string
}

var indonesian = words{
	code: func(o Occasion) letter {
		l := letter{subject: "Kode untuk komitmen " + o.Commitment.ID.Number()}
		l.say("Halo,")
		l.say("Terima kasih sudah mau membantu " + o.Place + " (" + o.Area + "). Ini yang Anda tulis, dengan nomor " + o.Commitment.ID.Number() + ":")
		l.enumerate(proven(o.Items, func(n int) string { return fmt.Sprintf("%d bantuan lain", n) }, idItem))
		l.say("Masukkan enam angka ini di halaman tadi:")
		l.show(o.Code)
		l.say("Kode berlaku sampai " + idTime(o.Commitment.VerifyBy, o.Zone) + ". Sebelum kode dimasukkan, belum ada bantuan yang disisihkan untuk Anda.")
		l.say("Bukan Anda yang mengisi? Abaikan surat ini. Tanpa kode, isian itu gugur dengan sendirinya.")
		return l
	},
	pledged: func(o Occasion) letter {
		deadline := idTime(o.Commitment.ContactBy, o.Zone)
		l := letter{subject: "Komitmen " + o.Commitment.ID.Number() + " tercatat"}
		l.say("Halo " + o.To.Name + ",")
		l.say("Terima kasih. Bantuan Anda untuk " + o.Place + " (" + o.Area + ") sudah dicatat, dengan nomor " + o.Commitment.ID.Number() + ":")
		l.enumerate(each(o.Items, idItem))
		l.say("Rencana penyaluran: " + idDay(o.Commitment.Period.From) + " sampai " + idDay(o.Commitment.Period.To) + ".")
		l.say("Langkah berikutnya: hubungi penanggung jawab lokasi sebelum " + deadline + ". Lewat dari itu, bantuan ini dibuka lagi untuk orang lain.")
		l.say("Kontak penanggung jawab ada di halaman pribadi Anda. Di sana juga komitmen dapat dilihat atau dibatalkan:")
		l.point(o.Link)
		l.say("Tautan itu adalah kunci komitmen Anda. Simpan, dan jangan teruskan kepada orang lain.")
		return l
	},
	withdrawn: func(o Occasion) letter {
		l := letter{subject: "Komitmen " + o.Commitment.ID.Number() + " dibatalkan"}
		l.say("Halo " + o.To.Name + ",")
		l.say("Komitmen " + o.Commitment.ID.Number() + " untuk " + o.Place + " (" + o.Area + ") dibatalkan pada " + idTime(o.Commitment.EndedAt, o.Zone) + ". Bantuan ini dibuka lagi untuk orang lain:")
		l.enumerate(each(o.Items, idItem))
		l.say("Bukan Anda yang membatalkan? Buka halaman pribadi Anda dan beri tahu kami:")
		l.point(o.Link)
		l.say("Terima kasih sudah berniat membantu. Kapan pun Anda siap, masih ada tempat yang menunggu.")
		return l
	},
	demo: "Data contoh: penerima ini dikarang untuk peragaan. Jangan kirim apa pun ke sana.",
}

var english = words{
	code: func(o Occasion) letter {
		l := letter{subject: "Code for commitment " + o.Commitment.ID.Number()}
		l.say("Hello,")
		l.say("Thank you for helping " + o.Place + " (" + o.Area + "). This is what you wrote, under number " + o.Commitment.ID.Number() + ":")
		l.enumerate(proven(o.Items, func(n int) string { return fmt.Sprintf("other aid: %d", n) }, enItem))
		l.say("Enter these six digits on the page:")
		l.show(o.Code)
		l.say("The code is valid until " + enTime(o.Commitment.VerifyBy, o.Zone) + ". Until you enter it, nothing is set aside for you.")
		l.say("It was not you? Ignore this letter. Without the code, the form lapses by itself.")
		return l
	},
	pledged: func(o Occasion) letter {
		l := letter{subject: "Commitment " + o.Commitment.ID.Number() + " is recorded"}
		l.say("Hello " + o.To.Name + ",")
		l.say("Thank you. Your aid for " + o.Place + " (" + o.Area + ") is recorded under number " + o.Commitment.ID.Number() + ":")
		l.enumerate(each(o.Items, enItem))
		l.say("Planned delivery: " + enDay(o.Commitment.Period.From) + " to " + enDay(o.Commitment.Period.To) + ".")
		l.say("Next step: contact the person in charge before " + enTime(o.Commitment.ContactBy, o.Zone) + ". After that, this aid is open to others again.")
		l.say("Their contact is on your private page. There you can also see or withdraw the commitment:")
		l.point(o.Link)
		l.say("That link is the key to your commitment. Keep it, and do not pass it on.")
		return l
	},
	withdrawn: func(o Occasion) letter {
		l := letter{subject: "Commitment " + o.Commitment.ID.Number() + " is withdrawn"}
		l.say("Hello " + o.To.Name + ",")
		l.say("Commitment " + o.Commitment.ID.Number() + " for " + o.Place + " (" + o.Area + ") was withdrawn on " + enTime(o.Commitment.EndedAt, o.Zone) + ". This aid is open to others again:")
		l.enumerate(each(o.Items, enItem))
		l.say("It was not you? Open your private page and tell us:")
		l.point(o.Link)
		l.say("Thank you for wanting to help. Whenever you are ready, there are places still waiting.")
		return l
	},
	demo: "Sample data: this recipient is invented for a demonstration. Send nothing there.",
}

func each(items []Item, say func(Item) string) []string {
	all := make([]string, len(items))
	for i, it := range items {
		all[i] = say(it)
	}
	return all
}

// proven lists the items in the catalogue's words only, and counts the rest.
func proven(items []Item, others func(int) string, say func(Item) string) []string {
	var all []string
	free := 0
	for _, it := range items {
		if it.Free {
			free++
			continue
		}
		it.Equivalent = ""
		all = append(all, say(it))
	}
	if free > 0 {
		all = append(all, others(free))
	}
	return all
}

// goods names the thing with its unit, unless the name says the unit already:
// "Paket Sembako", not "paket Paket Sembako".
func (it Item) goods() string {
	name, unit := strings.ToLower(it.Name), strings.ToLower(it.Unit)
	if name == unit || strings.HasPrefix(name, unit+" ") || strings.HasSuffix(name, " per "+unit) {
		return it.Name
	}
	return it.Unit + " " + it.Name
}

func idItem(it Item) string {
	s := grouped(it.Quantity, ".") + " " + it.goods()
	if it.Equivalent != "" {
		s += " (diganti: " + it.Equivalent + ")"
	}
	return s
}

func enItem(it Item) string {
	s := grouped(it.Quantity, ",") + " " + it.goods()
	if it.Equivalent != "" {
		s += " (given instead: " + it.Equivalent + ")"
	}
	return s
}

// grouped writes 12345 as "12.345".
func grouped(n int64, by string) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + by + s[i:]
	}
	return s
}

var (
	idMonths = [...]string{"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"}
	idDays   = [...]string{"Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"}
)

// idTime writes "Kamis, 11 September 2025 pukul 13.05 WIB".
func idTime(t time.Time, zone *time.Location) string {
	t = t.In(zone)
	return fmt.Sprintf("%s, %d %s %d pukul %s", idDays[t.Weekday()], t.Day(), idMonths[t.Month()-1], t.Year(), t.Format("15.04 MST"))
}

func enTime(t time.Time, zone *time.Location) string {
	return t.In(zone).Format("Monday, 2 January 2006, 15:04 MST")
}

// idDay writes "11 September 2025", and a day that is none as it stands.
func idDay(d aid.Day) string {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return string(d)
	}
	return fmt.Sprintf("%d %s %d", t.Day(), idMonths[t.Month()-1], t.Year())
}

func enDay(d aid.Day) string {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return string(d)
	}
	return t.Format("2 January 2006")
}
