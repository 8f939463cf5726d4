import { ListRow } from '@feiqian/ui';
import { createLink } from '@tanstack/react-router';

/** A list row that leads to another screen. */
export const RowLink = createLink(ListRow);
