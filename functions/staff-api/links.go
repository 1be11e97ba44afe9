package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"ksbb/shared/aid"
	"ksbb/shared/bahasa"
	"ksbb/shared/table"
)

func (s *server) registerLinks(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "replaceStewardLink", Method: http.MethodPost, Path: "/v1/staff/recipients/{id}/steward-link",
		Summary:     "Make a new link for who answers for a recipient; the old one dies",
		Description: "The link is what opens everything that a person in charge may do: it is answered here and nowhere else.",
	}, s.replaceLink)
	huma.Register(api, huma.Operation{
		OperationID: "askSteward", Method: http.MethodPost, Path: "/v1/staff/recipients/{id}/asks",
		Summary: "A message that asks who answers for a recipient whether its needs are still there",
	}, s.ask)
}

type messageAnswer struct{ Body messageBody }

type messageBody struct {
	Link     string `json:"link,omitempty" doc:"Of who answers for the recipient; secret"`
	Message  string `json:"message" doc:"Ready to be sent"`
	WhatsApp string `json:"whatsapp" doc:"Opens WhatsApp with the message in it; who sends it chooses to whom"`
}

type linkInput struct {
	ID   aid.RecipientID `path:"id" maxLength:"80"`
	Body struct {
		ID     string `json:"id" minLength:"36" maxLength:"36" doc:"UUIDv7 of this request, made before sending"`
		Reason string `json:"reason" minLength:"3" maxLength:"500" doc:"Why; for colleagues and auditors only"`
	}
}

// linksPerDay is how many links one member of staff makes in a day: those of a
// large kelurahan. A link opens what its holder sees, so nobody harvests them.
const linksPerDay = 60

// linked is what the trail keeps of a new link: which one it is, never the link.
type linked struct {
	Version int `json:"version"`
}

// replaceLink ends every link of a recipient's steward and answers a new one. The
// same request again answers the same link, though another may have replaced it.
func (s *server) replaceLink(ctx context.Context, in *linkInput) (*messageAnswer, error) {
	who, err := s.role(ctx, aid.HandOverLinks)
	if err != nil {
		return nil, err
	}
	place, _, err := s.recipient(ctx, who, aid.HandOverLinks, in.ID)
	if err != nil {
		return nil, err
	}
	if err := checkRequest(in.Body.ID); err != nil {
		return nil, err
	}
	const action = "steward-link"
	object, version := "recipient/"+string(in.ID), 0
	made, err := s.repeated(ctx, who, in.Body.ID, action, object)
	if err != nil {
		return nil, err
	}
	if made {
		act, _, err := s.store.Acted(ctx, in.Body.ID)
		var was linked
		if err == nil {
			err = json.Unmarshal([]byte(act.After), &was)
		}
		if err != nil {
			return nil, fmt.Errorf("read link of request %s: %w", in.Body.ID, err)
		}
		version = was.Version
	} else {
		access, err := s.store.Access(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		if err := s.store.Spend(ctx, "links", string(who.ID), s.today(), linksPerDay); err != nil {
			return nil, err
		}
		version = access.Version + 1
		act := s.act(who, in.Body.ID, aid.HandOverLinks, action, object, place.Recipient.Area, in.Body.Reason)
		act.Before, act.After = compact(linked{access.Version}), compact(linked{version})
		if err := s.store.ReplaceLink(table.Acting(ctx, act), in.ID, version); err != nil {
			return nil, err
		}
	}
	key, err := s.store.Key(ctx)
	if err != nil {
		return nil, err
	}
	slog.InfoContext(ctx, "steward link made by staff", "role", who.Role)
	link := s.site + "/pj/#" + aid.StewardSecret(key, in.ID, version)
	message := fmt.Sprintf("Halo %s, ini tautan pribadi Anda untuk mengurus bantuan di %s melalui %s:\n%s\n\n"+
		"Simpan baik-baik dan jangan teruskan: siapa pun yang memegangnya dapat menjawab atas nama Anda. Tautan yang lama sudah tidak berlaku.",
		addressed(place.Recipient), place.Recipient.Name, s.pack.Title, link)
	return &messageAnswer{messageBody{link, message, chat(message)}}, nil
}

type askInput struct {
	ID   aid.RecipientID `path:"id" maxLength:"80"`
	Body struct {
		ID string `json:"id" minLength:"36" maxLength:"36" doc:"UUIDv7 of this request, made before sending"`
	}
}

// ask answers a message that asks whether a recipient's needs are still there. An
// officer sends it; what comes back is recorded with confirmNeed.
func (s *server) ask(ctx context.Context, in *askInput) (*messageAnswer, error) {
	who, err := s.role(ctx, aid.HandOverLinks)
	if err != nil {
		return nil, err
	}
	place, _, err := s.recipient(ctx, who, aid.HandOverLinks, in.ID)
	if err != nil {
		return nil, err
	}
	if err := checkRequest(in.Body.ID); err != nil {
		return nil, err
	}
	object := "recipient/" + string(in.ID)
	if _, err := s.repeated(ctx, who, in.Body.ID, "ask", object); err != nil {
		return nil, err
	}
	if err := s.store.Record(ctx, s.act(who, in.Body.ID, aid.HandOverLinks, "ask", object, place.Recipient.Area, "")); err != nil {
		return nil, err
	}
	wanted := []string{}
	for _, n := range place.Needs {
		if p, ok := s.region.Last().Package(n.Package); ok && n.Remaining() > 0 {
			wanted = append(wanted, bahasa.Indonesian.Number(n.Remaining())+" "+p.Unit+" "+p.Name)
		}
	}
	question := "apakah ada yang masih dibutuhkan di %s?"
	if len(wanted) > 0 {
		question = "apakah %s masih membutuhkan " + strings.ReplaceAll(bahasa.Indonesian.List(wanted), "%", "%%") + "?"
	}
	message := fmt.Sprintf("Halo %s, kami dari %s, %s: "+question+"\n\n"+
		"Balas saja pesan ini dengan \"masih\" atau \"cukup\", atau jawab melalui tautan pribadi Anda. Terima kasih.",
		addressed(place.Recipient), s.pack.Operator.Name, s.pack.Title, place.Recipient.Name)
	return &messageAnswer{messageBody{"", message, chat(message)}}, nil
}

// addressed is how a message calls who answers for a recipient.
func addressed(r aid.Recipient) string { return cmp.Or(r.Steward, "Bapak/Ibu") }

// chat opens a chat with a message in it. Whom it is sent to is chosen there:
// the number of who answers for a recipient is not for everybody in an office.
func chat(message string) string {
	return "https://wa.me/?text=" + strings.ReplaceAll(url.QueryEscape(message), "+", "%20")
}
