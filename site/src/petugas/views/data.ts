// The views on which what is known is prepared and mended: places, imports, the
// catalogue, complaints, officers and the trail of all changes.

import type { View } from '../views';

export const dataViews: Record<string, View> = {};
