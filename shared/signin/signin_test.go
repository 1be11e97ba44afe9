package signin

import (
	"context"
	"errors"
	"slices"
	"testing"

	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

// pool is a user pool that writes down what it is asked for.
type pool struct {
	asked []string
	err   error
}

func (p *pool) ask(what string, id, user *string) error {
	p.asked = append(p.asked, what+" "+*user+" of "+*id)
	return p.err
}

func (p *pool) AdminDisableUser(_ context.Context, in *cognito.AdminDisableUserInput, _ ...func(*cognito.Options)) (*cognito.AdminDisableUserOutput, error) {
	return nil, p.ask("disable", in.UserPoolId, in.Username)
}

func (p *pool) AdminEnableUser(_ context.Context, in *cognito.AdminEnableUserInput, _ ...func(*cognito.Options)) (*cognito.AdminEnableUserOutput, error) {
	return nil, p.ask("enable", in.UserPoolId, in.Username)
}

func (p *pool) AdminUserGlobalSignOut(_ context.Context, in *cognito.AdminUserGlobalSignOutInput, _ ...func(*cognito.Options)) (*cognito.AdminUserGlobalSignOutOutput, error) {
	return nil, p.ask("sign out", in.UserPoolId, in.Username)
}

func TestTheDoorIsClosedBeforeSessionsEnd(t *testing.T) {
	t.Parallel()
	p := &pool{}
	d := &Door{p, "petugas"}
	if err := errors.Join(d.Close(t.Context(), "vera"), d.Reopen(t.Context(), "vera")); err != nil {
		t.Fatal(err)
	}
	if want := []string{"disable vera of petugas", "sign out vera of petugas", "enable vera of petugas"}; !slices.Equal(p.asked, want) {
		t.Errorf("asked %q; want %q", p.asked, want)
	}
}

func TestWhoeverThePoolDoesNotKnowIsOut(t *testing.T) {
	t.Parallel()
	d := &Door{&pool{err: &types.UserNotFoundException{}}, "petugas"}
	if err := errors.Join(d.Close(t.Context(), "vera"), d.Reopen(t.Context(), "vera")); err != nil {
		t.Error(err)
	}
}

func TestAPoolThatFailsIsAFault(t *testing.T) {
	t.Parallel()
	broken := errors.New("no such pool")
	d := &Door{&pool{err: broken}, "petugas"}
	for what, err := range map[string]error{"close": d.Close(t.Context(), "vera"), "reopen": d.Reopen(t.Context(), "vera")} {
		if !errors.Is(err, broken) {
			t.Errorf("%s: %v; want the failure", what, err)
		}
	}
}

func TestNoPoolHasNoDoor(t *testing.T) {
	t.Parallel()
	d, err := Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(d.Close(t.Context(), "vera"), d.Reopen(t.Context(), "vera")); err != nil {
		t.Error(err)
	}
}
