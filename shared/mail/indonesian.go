package mail

import (
	"fmt"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/bahasa"
)

// What people read is said as on the pages: a commitment is a "komitmen" with its
// number, and only the document is a "surat pernyataan komitmen".
var indonesian = words{
	letters: map[aid.LetterKind]func(Occasion) letter{
		aid.LetterCode: func(o Occasion) letter {
			l := letter{subject: "Kode untuk komitmen " + o.number()}
			l.say("Halo,")
			l.say("Terima kasih sudah mau membantu " + o.where() + ". Ini yang Anda tulis, dengan nomor " + o.number() + ":")
			l.enumerate(catalogued(o.Items, idOthers, idItem))
			l.say("Masukkan enam angka ini di halaman tadi:")
			l.show(o.Code)
			l.say("Kode berlaku sampai " + bahasa.Instant(o.Commitment.VerifyBy, o.Zone) + ". Sebelum kode dimasukkan, belum ada bantuan yang disisihkan untuk Anda.")
			l.say("Bukan Anda yang mengisi? Abaikan surat ini. Tanpa kode, isian itu gugur dengan sendirinya.")
			return l
		},
		aid.LetterPledged: func(o Occasion) letter {
			l := idToGiver(o, "Komitmen "+o.number()+" tercatat")
			l.say("Terima kasih. Komitmen Anda untuk " + o.where() + " sudah dicatat, dengan nomor " + o.number() + ":")
			l.enumerate(each(o.Items, idItem))
			l.say("Rencana penyaluran: " + bahasa.Weekday(o.Commitment.Period.From) + " sampai " + bahasa.Weekday(o.Commitment.Period.To) + ".")
			l.say("Langkah berikutnya: hubungi penanggung jawab lokasi sebelum " + bahasa.Instant(o.Commitment.ContactBy, o.Zone) + ". Lewat dari itu, bantuan ini dibuka lagi untuk orang lain.")
			l.say("Kontaknya ada di halaman pribadi Anda. Di sana juga komitmen dapat dilihat, diurus, atau dibatalkan:")
			l.point(idOwnPage, o.Link)
			l.say("Tautan itu adalah kunci komitmen Anda. Simpan, dan jangan teruskan kepada orang lain.")
			return l
		},
		aid.LetterLink: func(o Occasion) letter {
			l := letter{subject: "Tautan untuk komitmen " + o.number()}
			l.say("Halo,")
			l.say("Ini tautan ke halaman pribadi komitmen " + o.number() + " untuk " + o.where() + ", seperti yang baru saja diminta:")
			l.point(idOwnPage, o.Link)
			l.say("Tautan itu adalah kunci komitmen Anda. Simpan, dan jangan teruskan kepada orang lain.")
			l.say("Bukan Anda yang meminta? Abaikan surat ini. Tidak ada yang berubah.")
			return l
		},
		aid.LetterNudge: func(o Occasion) letter {
			l := idToGiver(o, "Komitmen "+o.number()+": sudah bicara dengan penanggung jawab?")
			l.say("Komitmen Anda untuk " + o.where() + " masih menunggu kabar: apakah Anda dan penanggung jawab lokasi sudah berbicara?")
			idContactDue(&l, o)
			return l
		},
		aid.LetterLastNudge: func(o Occasion) letter {
			l := idToGiver(o, "Komitmen "+o.number()+" hampir habis waktunya")
			l.say("Tinggal beberapa jam: belum ada kabar bahwa Anda dan penanggung jawab " + o.where() + " sudah berbicara.")
			idContactDue(&l, o)
			return l
		},
		aid.LetterLapsed: func(o Occasion) letter {
			c := o.Commitment
			l := idToGiver(o, "Waktu untuk komitmen "+o.number()+" sudah habis")
			l.say("Sampai " + bahasa.Instant(c.ContactBy, o.Zone) + " belum ada kabar bahwa Anda dan penanggung jawab " + o.where() + " sudah berbicara. Karena itu bantuan ini dibuka lagi untuk orang lain:")
			l.enumerate(each(o.Items, idItem))
			if c.Allows(aid.Renew) {
				l.say("Masih ingin membantu? Selama masih dibutuhkan, komitmen ini dapat dihidupkan lagi satu kali, di halaman pribadi Anda:")
			} else {
				l.say("Riwayatnya tetap ada di halaman pribadi Anda:")
			}
			l.point(idOwnPage, o.Link)
			if c.Allows(aid.Report) {
				l.say("Bantuannya sudah terlanjur diantar? Laporkan di halaman itu juga; yang sudah diantar tetap dihitung.")
			}
			l.say("Terima kasih sudah berniat membantu.")
			return l
		},
		aid.LetterSigned: func(o Occasion) letter {
			c := o.Commitment
			l := idToGiver(o, "Surat pernyataan komitmen "+o.number()+" sudah ditandatangani")
			l.say("Surat pernyataan komitmen Anda untuk " + o.where() + " sudah tersimpan. Salinannya ada di halaman pribadi Anda.")
			l.say("Yang berikutnya:")
			var steps []string
			if c.ContactedAt.IsZero() {
				steps = append(steps, "Hubungi penanggung jawab sebelum "+bahasa.Instant(c.ContactBy, o.Zone)+".")
			}
			if c.Schedule.On == "" {
				steps = append(steps, "Sepakati hari antarnya.")
			} else {
				steps = append(steps, "Antar pada "+bahasa.Appointment(c.Schedule, time.Time{}, o.Zone)+".")
			}
			l.enumerate(append(steps,
				"Bawa lembar BAST yang sudah terisi, dari halaman yang sama; tanda tangani berdua.",
				"Laporkan penyalurannya di halaman itu."))
			l.point(idOwnPage, o.Link)
			return l
		},
		aid.LetterReportDue: func(o Occasion) letter {
			l := idToGiver(o, "Komitmen "+o.number()+": sudah diantar?")
			l.say("Hari yang direncanakan untuk " + o.where() + ", " + bahasa.Weekday(o.last()) + ", sudah lewat. Yang masih ditunggu:")
			idDeliveryDue(&l, o)
			return l
		},
		aid.LetterOverdue: func(o Occasion) letter {
			l := idToGiver(o, "Komitmen "+o.number()+" sudah lewat seminggu")
			l.say(o.where() + " masih menunggu. Rencananya paling lambat " + bahasa.Weekday(o.last()) + ", dan ini belum sampai:")
			idDeliveryDue(&l, o)
			return l
		},
		aid.LetterPermit: func(o Occasion) letter {
			l := idToGiver(o, "Komitmen "+o.number()+": izin mitra penyalur berakhir")
			l.say("Izin " + o.Aggregator + " untuk menyalurkan bantuan berlaku sampai " + bahasa.Weekday(o.PermitEnd) + ". Komitmen Anda untuk " + o.where() + " tetap tercatat:")
			l.enumerate(each(o.Rest, idItem))
			l.say("Anda dapat memilih:")
			l.enumerate([]string{
				"Mengantar sendiri: sepakati harinya dengan penanggung jawab lokasi.",
				"Mitra lain: batalkan yang belum diantar, lalu buat komitmen baru lewat mitra yang izinnya berlaku.",
				"Sudah diantar sebelum izinnya berakhir? Laporkan saja seperti biasa.",
			})
			l.point(idOwnPage, o.Link)
			return l
		},
		aid.LetterReceived: func(o Occasion) letter {
			d := o.Delivery
			l := idToGiver(o, "Terima kasih: bantuan "+o.number()+" sudah diterima")
			if d.SettledAt.IsZero() {
				l.say("Pada " + bahasa.Instant(d.AnsweredAt, o.Zone) + " penanggung jawab " + o.where() + " menyatakan telah menerima" + idVia(d.Via) + ":")
			} else {
				l.say("Selisih pada " + string(d.Number) + " untuk " + o.where() + " sudah selesai. Yang tercatat diterima:")
			}
			l.enumerate(each(o.Confirmed, idItem))
			if o.HouseholdDays > 0 {
				l.say("Itu ≈ " + bahasa.Number(o.HouseholdDays) + " hari-keluarga (satu hari-keluarga: kebutuhan satu keluarga selama satu hari). Terima kasih.")
			} else {
				l.say("Terima kasih.")
			}
			if len(o.Rest) > 0 {
				l.say("Dari komitmen ini masih ditunggu:")
				l.enumerate(each(o.Rest, idItem))
			}
			l.say("Tanda terima (PDF) ada di halaman pribadi Anda:")
			l.point(idOwnPage, o.Link)
			return l
		},
		aid.LetterDisputed: func(o Occasion) letter {
			l := idToGiver(o, "Komitmen "+o.number()+": jumlahnya berbeda")
			l.say("Tentang penyaluran " + string(o.Delivery.Number) + " ke " + o.where() + " ada dua angka.")
			l.say("Yang Anda laporkan:")
			l.enumerate(each(o.Reported, idItem))
			l.say("Yang dikonfirmasi penanggung jawab" + idVia(o.Delivery.Via) + ":")
			l.enumerate(idOrNothing(o.Confirmed))
			l.say("Selama berbeda, yang dihitung adalah angka yang lebih rendah. Ada dua jalan keluar:")
			l.enumerate([]string{
				"Angkanya memang begitu? Terima di halaman pribadi Anda, dan selesai.",
				"Ada yang keliru? Bicarakan dengan penanggung jawab; ia dapat memperbaiki jawabannya di halamannya.",
			})
			l.point(idOwnPage, o.Link)
			return l
		},
		aid.LetterWithdrawn: func(o Occasion) letter {
			c := o.Commitment
			if !c.ReleasedAt.IsZero() {
				l := idToGiver(o, "Sisa komitmen "+o.number()+" dilepas")
				l.say("Pada " + bahasa.Instant(c.ReleasedAt, o.Zone) + " dicatat bahwa sisa komitmen " + o.number() + " untuk " + o.where() + " tidak jadi diantar. Sisanya dibuka lagi untuk orang lain; yang sudah diantar tetap dihitung.")
				idNotYou(&l, o)
				l.say("Terima kasih untuk yang sudah sampai.")
				return l
			}
			l := idToGiver(o, "Komitmen "+o.number()+" dibatalkan")
			l.say("Komitmen " + o.number() + " untuk " + o.where() + " dibatalkan pada " + bahasa.Instant(c.EndedAt, o.Zone) + ". Bantuan ini dibuka lagi untuk orang lain:")
			l.enumerate(each(o.Items, idItem))
			idNotYou(&l, o)
			l.say("Terima kasih sudah berniat membantu. Kapan pun Anda siap, masih ada tempat yang menunggu.")
			return l
		},

		aid.LetterStewardPledged: func(o Occasion) letter {
			c := o.Commitment
			l := idToSteward(o, "Bantuan untuk "+o.Place+": komitmen "+o.number())
			l.say("Ada yang akan membantu " + o.where() + ":")
			l.enumerate(each(o.Items, idItem))
			l.say("Dari:")
			l.enumerate(idContact(o.Giver))
			how := "diantar langsung"
			if o.Aggregator != "" {
				how = "lewat mitra penyalur " + o.Aggregator
			}
			l.say("Rencananya " + how + ", antara " + bahasa.Weekday(c.Period.From) + " dan " + bahasa.Weekday(c.Period.To) + ". Ia diminta menghubungi Anda sebelum " + bahasa.Instant(c.ContactBy, o.Zone) + ". Anda juga boleh menghubunginya lebih dulu.")
			l.say("Sudah berbicara? Catat di sini, supaya bantuan ini tidak gugur:")
			l.point(idStewardPage, o.Link)
			l.say(idStewardKey)
			return l
		},
		aid.LetterStewardCall: func(o Occasion) letter {
			l := idToSteward(o, "Mohon hubungi pemberi bantuan: komitmen "+o.number())
			l.say("Orang ini ingin berbicara dengan Anda tentang bantuan untuk " + o.where() + ". Nomor Anda tidak ditampilkan kepadanya, jadi mohon Anda yang menghubungi:")
			l.enumerate(idContact(o.Giver))
			l.say("Yang dijanjikan:")
			l.enumerate(each(o.Items, idItem))
			if c := o.Commitment; c.ContactedAt.IsZero() {
				l.say("Mohon sebelum " + bahasa.Instant(c.ContactBy, o.Zone) + ". Sesudah berbicara, catat di sini:")
			} else {
				l.say("Semua tentang bantuan ini ada di sini:")
			}
			l.point(idStewardPage, o.Link)
			l.say(idStewardKey)
			return l
		},
		aid.LetterStewardReported: func(o Occasion) letter {
			l := idToSteward(o, "Sudah diterima? Komitmen "+o.number())
			l.say(o.giver() + " melaporkan sudah menyerahkan bantuan untuk " + o.where() + " pada " + bahasa.Weekday(o.Delivery.On) + " (" + string(o.Delivery.Number) + "):")
			idAnswer(&l, o)
			return l
		},
		aid.LetterAnswerDue: func(o Occasion) letter {
			l := idToSteward(o, "Masih menunggu jawaban Anda: komitmen "+o.number())
			l.say("Penyaluran " + string(o.Delivery.Number) + " untuk " + o.where() + " belum dijawab. " + o.giver() + " melaporkan sudah menyerahkan ini pada " + bahasa.Weekday(o.Delivery.On) + ":")
			idAnswer(&l, o)
			return l
		},
		aid.LetterStewardLapsed: func(o Occasion) letter {
			l := idToSteward(o, "Komitmen "+o.number()+" gugur")
			l.say("Komitmen " + o.number() + " dari " + o.giver() + " untuk " + o.where() + " gugur: sampai " + bahasa.Instant(o.Commitment.ContactBy, o.Zone) + " belum ada kabar bahwa Anda berdua sudah berbicara.")
			l.say("Kebutuhan Anda langsung terlihat lagi di peta, supaya orang lain dapat membantu. Anda tidak perlu berbuat apa-apa.")
			l.point(idStewardPage, o.Link)
			return l
		},
		aid.LetterStewardWithdrawn: func(o Occasion) letter {
			if !o.Commitment.ReleasedAt.IsZero() {
				l := idToSteward(o, "Sisa komitmen "+o.number()+" tidak jadi diantar")
				l.say("Sisa komitmen " + o.number() + " dari " + o.giver() + " untuk " + o.where() + " tidak jadi diantar. Yang sudah diantar tetap tercatat; sisanya terlihat lagi di peta, supaya orang lain dapat membantu.")
				l.point(idStewardPage, o.Link)
				return l
			}
			l := idToSteward(o, "Komitmen "+o.number()+" dibatalkan")
			l.say("Komitmen " + o.number() + " dari " + o.giver() + " untuk " + o.where() + " dibatalkan:")
			l.enumerate(each(o.Items, idItem))
			l.say("Kebutuhan Anda langsung terlihat lagi di peta, supaya orang lain dapat membantu. Anda tidak perlu berbuat apa-apa.")
			l.point(idStewardPage, o.Link)
			return l
		},
		aid.LetterStewardReceipt: func(o Occasion) letter {
			l := idToSteward(o, "Apakah ini jawaban Anda? Komitmen "+o.number())
			l.say("Pada " + bahasa.Instant(o.Delivery.AnsweredAt, o.Zone) + " penyaluran " + string(o.Delivery.Number) + " untuk " + o.where() + " dijawab atas nama Anda" + idVia(o.Delivery.Via) + ". Tercatat diterima:")
			l.enumerate(idOrNothing(o.Confirmed))
			l.say("Benar? Anda tidak perlu berbuat apa-apa. Tidak benar? Perbaiki di sini:")
			l.point(idStewardPage, o.Link)
			return l
		},

		aid.LetterSubscribe: idSubscribe,
		aid.LetterReport:    idReport,

		aid.LetterOfficeSilent: func(o Occasion) letter {
			l := letter{subject: "Penanggung jawab tidak menjawab: " + o.Place}
			l.say("Dalam 30 hari terakhir sedikitnya dua kolaborator menyatakan bahwa penanggung jawab " + o.where() + " tidak menjawab, yang terakhir untuk komitmen " + o.number() + ". Sejak itu belum ada yang tersambung.")
			l.say("Mohon pastikan penanggung jawabnya masih orang yang sama dan nomornya masih benar. Halaman lokasinya:")
			l.point(idPlacePage, o.Link)
			return l
		},
		aid.LetterOfficeOverdue: func(o Occasion) letter {
			l := letter{subject: "Lewat seminggu: komitmen " + o.number()}
			l.say("Komitmen " + o.number() + " untuk " + o.where() + " seharusnya diantar paling lambat " + bahasa.Weekday(o.last()) + ". Seminggu kemudian belum semuanya dilaporkan, dan jumlahnya masih ditahan.")
			l.say("Mohon tanyakan kepada kedua pihak. Bila bantuannya tidak jadi datang, kembalikan jumlahnya ke peta. Halaman lokasinya:")
			l.point(idPlacePage, o.Link)
			return l
		},
		aid.LetterOfficeDispute: func(o Occasion) letter {
			l := letter{subject: "Selisih jumlah: " + string(o.Delivery.Number)}
			l.say("Kedua pihak berbeda tentang penyaluran " + string(o.Delivery.Number) + " (komitmen " + o.number() + ") untuk " + o.where() + ".")
			l.say("Dilaporkan:")
			l.enumerate(catalogued(o.Reported, idOthers, idItem))
			l.say("Dikonfirmasi:")
			if len(o.Confirmed) == 0 {
				l.enumerate(idOrNothing(nil))
			} else {
				l.enumerate(catalogued(o.Confirmed, idOthers, idItem))
			}
			l.say("Selama berbeda, yang dihitung adalah angka yang lebih rendah. Bila kedua pihak tidak menemukan jalan keluar, mohon bantu memeriksa BAST-nya. Halaman lokasinya:")
			l.point(idPlacePage, o.Link)
			return l
		},
		aid.LetterOfficeComplaint: func(o Occasion) letter {
			l := letter{subject: "Pengaduan baru " + o.Complaint.Ticket}
			l.say("Satu pengaduan masuk:")
			l.enumerate(idComplaint(o.Complaint))
			l.say("Isi dan pelapornya tidak dikirim lewat surat.")
			l.point(idComplaintPage, o.Link)
			return l
		},
		aid.LetterOfficeLate: func(o Occasion) letter {
			l := letter{subject: "Pengaduan lewat tenggat: " + o.Complaint.Ticket}
			l.say("Pengaduan ini belum selesai sampai tenggatnya, dan naik satu tingkat:")
			l.enumerate(idComplaint(o.Complaint))
			l.say("Isi dan pelapornya tidak dikirim lewat surat.")
			l.point(idComplaintPage, o.Link)
			return l
		},
	},
	stop: "Tidak ingin diingatkan lagi? Matikan pengingat di halaman yang sama.",
	demo: "Data contoh: penerima ini dikarang untuk peragaan. Jangan hubungi siapa pun dan jangan kirim apa pun ke sana.",
}

// Labels of the one link that a letter has.
const (
	idOwnPage       = "Buka halaman pribadi"
	idStewardPage   = "Buka halaman saya"
	idPlacePage     = "Buka halaman lokasi"
	idComplaintPage = "Buka halaman pengaduan"

	idStewardKey = "Tautan ini hanya untuk Anda sebagai penanggung jawab. Simpan, dan jangan teruskan. Kontak di atas hanya untuk mengurus bantuan ini."
)

func idToGiver(o Occasion, subject string) letter {
	l := letter{subject: subject}
	if o.proven() {
		l.say("Halo " + o.Name + ",")
	} else {
		l.say("Halo,")
	}
	return l
}

func idToSteward(o Occasion, subject string) letter {
	l := letter{subject: subject}
	l.say("Yth. " + o.Name + ",")
	return l
}

// idContactDue says until when to speak to the steward, and what to do if that
// does not work.
func idContactDue(l *letter, o Occasion) {
	c := o.Commitment
	l.say("Waktunya sampai " + bahasa.Instant(c.ContactBy, o.Zone) + ". Lewat dari itu, bantuan ini dibuka lagi untuk orang lain.")
	ways := []string{"Sudah berbicara? Catat di halaman pribadi Anda.", "Belum? Kontaknya ada di sana."}
	if c.Allows(aid.Silent) {
		ways = append(ways, "Tidak dijawab? Katakan di sana; waktunya diperpanjang.")
	}
	if c.Allows(aid.Renew) {
		ways = append(ways, "Perlu waktu? Minta perpanjangan di sana, satu kali.")
	}
	l.enumerate(ways)
	l.point(idOwnPage, o.Link)
}

// idDeliveryDue lists what is still to be delivered, and what can be done.
func idDeliveryDue(l *letter, o Occasion) {
	l.enumerate(each(o.Rest, idItem))
	l.say("Yang dapat Anda lakukan:")
	first := "Sudah diantar? Laporkan di halaman pribadi Anda."
	if o.Commitment.SignedAt.IsZero() {
		first = "Sudah diantar? Tandatangani surat pernyataan komitmen di halaman pribadi Anda, lalu laporkan."
	}
	l.enumerate([]string{
		first,
		"Belum? Sepakati hari lain dengan penanggung jawab, dan catat di sana.",
		"Tidak jadi? Lepaskan di sana, supaya orang lain dapat membantu.",
	})
	l.point(idOwnPage, o.Link)
}

func idAnswer(l *letter, o Occasion) {
	l.enumerate(each(o.Reported, idItem))
	l.say("Sudah sampai? Mohon jawab dengan dua ketukan: diterima lengkap, kurang, atau belum diterima.")
	l.point(idStewardPage, o.Link)
}

func idNotYou(l *letter, o Occasion) {
	l.say("Bukan Anda yang melakukannya? Halaman pribadi Anda mencatat siapa dan kapan:")
	l.point(idOwnPage, o.Link)
}

func idContact(k aid.Contact) []string {
	all := []string{k.Name, "Telepon: " + dialled(k.Phone)}
	if k.Phone == "" {
		all = all[:1]
	}
	if k.Email != "" {
		all = append(all, "E-mail: "+k.Email)
	}
	return all
}

func idComplaint(c Complaint) []string {
	all := []string{"Nomor: " + c.Ticket, "Perihal: " + idClasses[c.Class]}
	if c.Area != "" {
		all = append(all, "Wilayah: "+c.Area)
	}
	desk := "petugas pengaduan"
	if c.Desk == aid.StaffKelurahan {
		desk = "petugas kelurahan"
	}
	return append(all, "Ditangani: "+desk+after(" ", c.DeskArea), "Diterima: "+bahasa.Weekday(c.Received), "Tenggat: "+bahasa.Weekday(c.DueBy))
}

var idClasses = map[aid.ComplaintClass]string{
	aid.NotReceived:    "bantuan tidak sampai",
	aid.FewerReceived:  "bantuan kurang dari yang seharusnya",
	aid.NotDistributed: "bantuan tidak dibagikan",
	aid.Fictitious:     "penerima tidak ada",
	aid.Double:         "bantuan ganda",
	aid.BadQuality:     "barang tidak layak",
	aid.NotEligible:    "penerima tidak berhak",
	aid.Levy:           "pungutan",
	aid.Politics:       "dipakai untuk politik",
	aid.PriceClass:     "harga tidak wajar",
	aid.OtherClass:     "lain-lain",
}

// idVia says how an answer came when it was not through the steward's own link.
func idVia(v aid.Via) string {
	switch v {
	case aid.ViaHandover:
		return " (lewat tautan yang diteruskan pemberi bantuan)"
	case aid.ViaBAST:
		return " (dengan kode yang tercetak pada lembar BAST)"
	case aid.ViaOfficer:
		return " (lewat petugas yang memeriksa BAST)"
	}
	return ""
}

func idOthers(n int) string { return fmt.Sprintf("%d bantuan lain", n) }

func idOrNothing(items []Item) []string {
	if len(items) == 0 {
		return []string{"tidak ada"}
	}
	return each(items, idItem)
}

func idItem(it Item) string {
	s := bahasa.Number(it.Quantity) + " " + it.goods()
	if it.Equivalent != "" {
		s += " (diganti: " + it.Equivalent + ")"
	}
	return s
}
