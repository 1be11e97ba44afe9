package table

import (
	"reflect"
	"strings"
)

// Holding is one attribute of the private table: what it says of a person, what
// for, and how long it is kept (UU PDP 27/2022).
type Holding struct {
	Key       string // pattern of the key, as keys.go spells it: "COM#<commitment> CRED"
	Attribute string // "key" where the key itself says something of a person
	Personal  bool
	What      string
	Purpose   string
	Retention string
}

// privateItems lists every kind of item of the private table.
var privateItems = []struct {
	key  string
	item any
}{
	{"COM#<commitment> CRED", credentialItem{}},
	{"COM#<commitment> REVEAL", revealItem{}},
	{"COM#<commitment> SEEN#<instant>", lookItem{}},
	{"COM#<commitment> NOTE#<delivery>", noteItem{}},
	{"STW#<recipient> CONTACT", stewardItem{}},
	{"STW#<recipient> ACCESS", accessItem{}},
	{"STWOF#<phone> <recipient>", stewardOfItem{}},
	{"SEEN#<recipient> <instant>#<commitment>", seenItem{}},
	{"SEENON#<day> <instant>#<commitment>", lookItem{}},
	{"PREF#<collaborator> PREF", preferenceItem{}},
	{"BUDGET#<kind>#<id> <day>", countItem{}},
	{"TICKET#<complaint> CRED", linkItem{}},
	{"REPORT#<complaint> CONTACT", reporterItem{}},
	{"REPORT#<complaint> TEXT#<message>", textItem{}},
	{"REPLY#<complaint> <message>", textItem{}},
	{"IDEA#<idea> TEXT", textItem{}},
	{"IDEA#<idea> CONTACT", senderItem{}},
	{"SUB#<subscription> SUB", subscriptionItem{}},
	{"SUBOF#<address> SUB", addressItem{}},
	{"SUBS#<cadence>#<shard> <subscription>", subscriberItem{}},
	{"MAILED#<period>-<revision>#<shard> <subscription>", mailedItem{}},
	{"IMPORTS <import>", importItem{}},
	{"IMPORTMAP#<list> <headers>", mappingItem{}},
	{"IMPORTLEASE IMPORTLEASE", leaseItem{}},
	{"AUDIT#<day> <instant>#<act>", actItem{}},
	{"AUDITOF#<object> <instant>#<act>", actItem{}},
	{"AUDITBY#<officer> <instant>#<act>", actItem{}},
	{"AUDITID#<act> AUDIT", actItem{}},
	{"OFFICER#<officer> OFFICER", officerItem{}},
	{"OFFICERS <officer>", officerItem{}},
	{"WORK#<object> DESK", deskItem{}},
	{"WORK#<object> NOTE#<instant>#<note>", officeNoteItem{}},
	{"PROPOSAL#<proposal> WHO", proposerItem{}},
	{"COM#<commitment> HIDDEN", hiddenItem{}},
	{"PHONE#<phone> <instant>#<commitment>", phoneItem{}},
	{"KEY KEY", keyItem{}},
	{"POOL#<pool> DONOR", donorItem{}},
}

// Inventory lists every attribute of the private table, from the types that are
// stored there: each carries a tag personal:"what; purpose; retention", or
// personal:"-" where it says nothing of a person. A key without a tag is made of
// identifiers that prove nothing and lead to nobody by themselves, and is left
// out.
func Inventory() []Holding {
	var all []Holding
	for _, kind := range privateItems {
		item := reflect.TypeOf(kind.item)
		for i := range item.NumField() {
			field := item.Field(i)
			h := Holding{Key: kind.key}
			h.Attribute, _, _ = strings.Cut(field.Tag.Get("dynamodbav"), ",")
			tag, tagged := field.Tag.Lookup("personal")
			switch field.Name {
			case "SK":
				continue // tagged together with PK
			case "PK":
				if !tagged {
					continue
				}
				h.Attribute = "key"
			}
			if parts := strings.SplitN(tag, "; ", 3); tag != "-" {
				h.Personal = true
				h.What = parts[0]
				if len(parts) == 3 {
					h.Purpose, h.Retention = parts[1], parts[2]
				}
			}
			all = append(all, h)
		}
	}
	return all
}
