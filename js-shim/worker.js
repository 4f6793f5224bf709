// The Worker's entry. Everything the gateway knows is in the core (Wasm); this shim lends it the platform.
import { current } from './core.js';
import { Exchange } from './exchange.js';

export { Board } from './board.js';
export { Ledger } from './ledger.js';
export { Meter } from './meter.js';
export { Vault } from './vault.js';

export default {
  /**
   * @param {Request} request
   * @param {Env} env
   * @param {ExecutionContext} ctx
   */
  async fetch(request, env, ctx) {
    const exchange = new Exchange(current(env), env, ctx);
    return exchange.serve(request);
  },

  /**
   * @param {ScheduledController} controller
   * @param {Env} env
   * @param {ExecutionContext} ctx
   */
  async scheduled(controller, env, ctx) {
    await new Exchange(current(env), env, ctx).tick(controller.cron);
  },
};
