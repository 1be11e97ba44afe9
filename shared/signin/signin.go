// Package signin closes the door of the identity provider behind a member of
// staff, and opens it again. What somebody may do is not decided there: the
// platform refuses a suspended account whatever a token still says. A door that is
// closed gives out no new token.
package signin

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/config"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"ksbb/shared/aid"
)

// client lists the calls that a door makes.
type client interface {
	AdminDisableUser(context.Context, *cognito.AdminDisableUserInput, ...func(*cognito.Options)) (*cognito.AdminDisableUserOutput, error)
	AdminEnableUser(context.Context, *cognito.AdminEnableUserInput, ...func(*cognito.Options)) (*cognito.AdminEnableUserOutput, error)
	AdminUserGlobalSignOut(context.Context, *cognito.AdminUserGlobalSignOutInput, ...func(*cognito.Options)) (*cognito.AdminUserGlobalSignOutOutput, error)
}

// Door is the sign-in of a pool of users. That of no pool does nothing: whoever
// runs another provider closes it there.
type Door struct {
	client client
	pool   string
}

// Open returns the door of a Cognito user pool; an empty name is no pool.
func Open(ctx context.Context, pool string) (*Door, error) {
	if pool == "" {
		return &Door{}, nil
	}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("open user pool %s: %w", pool, err)
	}
	return &Door{cognito.NewFromConfig(cfg), pool}, nil
}

// Close keeps somebody from signing in, and ends every session that they have: no
// refresh token is good any more. The same again changes nothing. Somebody whom
// the pool does not know is out already.
func (d *Door) Close(ctx context.Context, id aid.OfficerID) error {
	if d.pool == "" {
		return nil
	}
	who := string(id)
	// First the door, then whoever is inside: nobody comes back in between.
	_, err := d.client.AdminDisableUser(ctx, &cognito.AdminDisableUserInput{UserPoolId: &d.pool, Username: &who})
	if err == nil {
		_, err = d.client.AdminUserGlobalSignOut(ctx, &cognito.AdminUserGlobalSignOutInput{UserPoolId: &d.pool, Username: &who})
	}
	if err := known(err); err != nil {
		return fmt.Errorf("sign %s out: %w", id, err)
	}
	return nil
}

// Reopen lets somebody sign in again. The same again changes nothing.
func (d *Door) Reopen(ctx context.Context, id aid.OfficerID) error {
	if d.pool == "" {
		return nil
	}
	who := string(id)
	_, err := d.client.AdminEnableUser(ctx, &cognito.AdminEnableUserInput{UserPoolId: &d.pool, Username: &who})
	if err := known(err); err != nil {
		return fmt.Errorf("let %s sign in: %w", id, err)
	}
	return nil
}

// known takes it for no failure that the pool does not know somebody.
func known(err error) error {
	var unknown *types.UserNotFoundException
	if errors.As(err, &unknown) {
		return nil
	}
	return err
}
