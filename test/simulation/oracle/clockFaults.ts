/** With one of these the app's own times are not the true ones. */
export const clockFaults: readonly string[] = ['skew of 5 min', 'host clock leaps'];
