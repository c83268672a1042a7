import { z } from 'zod';

// To be imported before any schema is made: zod would make programs of them, which the page's security policy refuses.
z.config({ jitless: true });
