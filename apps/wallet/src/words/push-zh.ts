/** Words of push messages, Chinese; loaded with their screen. */
export const pushZh = {
  title: '消息推送',
  rowDetail: '钱包没有打开时也提醒账户变动',
  lead: '银行账户有变动时，钱包没有打开也能收到提醒。',
  on: '接收推送',
  onDetail: '只发到这台设备',
  amounts: '显示金额与商户',
  amountsDetail: '关闭后，锁屏上只说哪家银行有变动',
  switchedOn: '已开启推送',
  switchedOff: '已关闭推送',
  changed: '已更改',
  private: '消息用这台设备的密钥加密，经浏览器厂商的推送服务送达。推送服务只知道有消息，读不到内容。',
  cannot: {
    unsupported: '这个浏览器不支持推送。账户变动仍会显示在“银行通知”里。',
    install_first: '先把飞钱添加到主屏幕，再从主屏幕打开，就能开启推送。',
    denied: '通知权限已被关闭。请在浏览器或系统设置里允许飞钱发送通知，再回到这里。',
    no_key: '这个网络没有开通推送。账户变动仍会显示在“银行通知”里。',
  },
  failed: {
    title: '没有开启成功',
    offTitle: '没有关闭成功',
    denied: '你没有允许通知。可以在浏览器或系统设置里改回来。',
    dismissed: '没有选择是否允许通知。需要时再点一次。',
    no_service: '浏览器的推送服务现在连不上，请稍后再试。没有任何更改。',
  },
} as const;
